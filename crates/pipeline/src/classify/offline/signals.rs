//! The engine's own signal words: what a sentence does (duty, prohibition, right, …) and whether it speaks of AI.

use super::lexicon::Lexicon;

/// A set of signals, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signals(pub(crate) u32);

/// What a signal word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Signal {
    /// Speaks of AI.
    Ai,
    /// Someone must act.
    Duty,
    /// Someone must not act.
    Prohibition,
    /// Someone may claim something.
    Right,
    /// A way of doing is laid down.
    Procedure,
    /// A measure or limit is set.
    Threshold,
    /// A sanction.
    Penalty,
    /// A programme, office or fund.
    Programme,
    /// Soft duty: "should".
    Soft,
    /// Own commitment: "we will".
    Commitment,
    /// Something is to be studied or reported.
    Study,
    /// A term is defined.
    Definition,
    /// Findings and purposes.
    Purpose,
}

/// How many signals there are.
pub(crate) const SIGNALS: usize = 13;

/// The kinds of element that the test for the top level counts, with the word a reason uses for them.
pub(crate) const ELEMENTS: [(Signal, &str); 9] = [
    (Signal::Duty, "duty"),
    (Signal::Prohibition, "prohibition"),
    (Signal::Right, "right"),
    (Signal::Procedure, "procedure"),
    (Signal::Threshold, "threshold"),
    (Signal::Penalty, "penalty"),
    (Signal::Programme, "programme"),
    (Signal::Soft, "recommendation"),
    (Signal::Commitment, "commitment"),
];

impl Signals {
    /// Whether `signal` is set.
    pub(crate) const fn has(self, signal: Signal) -> bool {
        self.0 & (1 << signal as u32) != 0
    }

    /// This set and `other` together.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Only the signals that give operative force.
    pub(crate) const fn force(self) -> Self {
        let mask = (1 << Signal::Duty as u32)
            | (1 << Signal::Prohibition as u32)
            | (1 << Signal::Right as u32)
            | (1 << Signal::Penalty as u32)
            | (1 << Signal::Soft as u32)
            | (1 << Signal::Commitment as u32);
        Self(self.0 & mask)
    }

    /// Whether someone must, must not, may claim, should or commits to something.
    pub(crate) const fn is_operative(self) -> bool {
        self.force().0 != 0
    }

    /// How many kinds of element are present.
    pub(crate) fn elements(self) -> usize {
        ELEMENTS.iter().filter(|(signal, _)| self.has(*signal)).count()
    }
}

const WORDS: &[(Signal, &str, &str)] = &[
    (
        Signal::Ai,
        "en",
        "artificial intelligence|ai|machine learning|algorithm*|automated decision*|automated system*|automated tool*|\
         generative|chatbot*|deepfake*|deep fake*|synthetic media|synthetic content|language model*|foundation model*|\
         frontier model*|facial recognition|autonomous|neural network*|automated employment|intelligent system*|\
         computer generated|digital replica*|automated speech|robot*|large model*|bot|bots|gpai",
    ),
    (Signal::Ai, "fr", "intelligence artificielle|ia|apprentissage automatique|algorithm*|hypertrucage*"),
    (Signal::Ai, "es", "inteligencia artificial|ia|aprendizaje automático|algoritm*|ultrafals*"),
    (
        Signal::Ai,
        "de",
        "künstliche intelligenz|künstlicher intelligenz|künstlichen intelligenz|ki|maschinelles lernen|algorithm*",
    ),
    (Signal::Ai, "zh", "人工智能|算法|深度合成|机器学习|大模型|生成式|智能"),
    (
        Signal::Duty,
        "en",
        "shall|must|is required to|are required to|shall be required|has a duty|obligated to|required to|requires|\
         is directed to|are directed to|shall ensure|is responsible for",
    ),
    (Signal::Duty, "fr", "doit|doivent|est tenu|sont tenus|est tenue|sont tenues|veille à|veillent à"),
    (
        Signal::Duty,
        "es",
        "deberá|deberán|debe|deben|está obligado|están obligados|estará obligado|garantizará*",
    ),
    (
        Signal::Duty,
        "de",
        "muss|müssen|hat sicherzustellen|haben sicherzustellen|ist verpflichtet|sind verpflichtet|hat zu|haben zu",
    ),
    (Signal::Duty, "zh", "应当|必须|须|负责"),
    (
        Signal::Prohibition,
        "en",
        "shall not|must not|may not|prohibit*|unlawful|is guilty|it is an offense|no person|no provider|ban on|\
         will not|shall be prohibited|forbidden|cannot use|violation of",
    ),
    (
        Signal::Prohibition,
        "fr",
        "interdit|interdite|interdits|interdites|ne peut|ne peuvent|ne doit pas|est puni",
    ),
    (Signal::Prohibition, "es", "prohib*|no podrá|no podrán|queda prohibido|no deberá"),
    (Signal::Prohibition, "de", "verboten|darf nicht|dürfen nicht|untersagt|darf kein|dürfen kein"),
    (Signal::Prohibition, "zh", "不得|禁止|严禁"),
    (
        Signal::Right,
        "en",
        "right to|rights to|opt out|entitled to|may request|may appeal|may bring|cause of action|may file|consent of|\
         opportunity to|may elect|human alternative",
    ),
    (Signal::Right, "fr", "droit de|droit à|peut demander|peuvent demander"),
    (Signal::Right, "es", "derecho a|derecho de|podrá solicitar|podrán solicitar"),
    (Signal::Right, "de", "recht auf|hat das recht|haben das recht|kann verlangen|können verlangen"),
    (Signal::Right, "zh", "有权|权利"),
    (
        Signal::Procedure,
        "en",
        "procedure*|process for|notice to|notify|submit to|not later than|annually|assessment|audit*|\
         review|document*|record*|report to|certif*|approval|register*|methodology|standards for|test and|testing",
    ),
    (Signal::Procedure, "fr", "procédure*|notifie*|au plus tard|évaluation*|rapport"),
    (Signal::Procedure, "es", "procedimiento*|notifica*|a más tardar|evaluación|informe"),
    (Signal::Procedure, "de", "verfahren|meldet|spätestens|bewertung|bericht"),
    (Signal::Procedure, "zh", "评估|备案|报告|审核|程序|登记|检测"),
    (
        Signal::Threshold,
        "en",
        "at least|more than|greater than|exceed*|threshold*|not exceed|fewer than|less than|percent|flop|flops|\
         floating point operations",
    ),
    (Signal::Threshold, "fr", "au moins|seuil*|plus de"),
    (Signal::Threshold, "es", "al menos|umbral*|más de"),
    (Signal::Threshold, "de", "mindestens|schwelle*|mehr als"),
    (Signal::Threshold, "zh", "不少于|不低于|超过|以上"),
    (
        Signal::Penalty,
        "en",
        "civil penalt*|fine of|fined|fines|imprison*|liable|liability|misdemeanor|felony|damages|penalt*|sanction*|\
         enforcement action|injunct*|punish*|offense|suspension|revoke*|revocation",
    ),
    (Signal::Penalty, "fr", "amende*|sanction*|peine|puni"),
    (Signal::Penalty, "es", "multa*|sanci*|pena"),
    (Signal::Penalty, "de", "geldbuße*|bußgeld*|strafe|bestraft|haftet"),
    (Signal::Penalty, "zh", "罚款|处罚|法律责任|吊销"),
    (
        Signal::Programme,
        "en",
        "establish*|program|programs|programme*|grant|grants|task force|committee|office of|center for|pilot|fund|\
         appropriated|funding|initiative|institute|working group|board|council|commission",
    ),
    (Signal::Programme, "fr", "programme*|comité|fonds|est créé|est créée"),
    (Signal::Programme, "es", "programa*|comité|fondo|se crea|se establece"),
    (Signal::Programme, "de", "programm*|ausschuss|wird eingerichtet|fonds"),
    (Signal::Programme, "zh", "建立|设立|计划|专项|鼓励|支持"),
    (
        Signal::Soft,
        "en",
        "should|encourage*|recommend*|ought to|urges|urge|calls on|calls upon|call on|resolve to|we affirm|is encouraged",
    ),
    (Signal::Soft, "fr", "devrait|devraient|encourage*|recommande*|invite"),
    (Signal::Soft, "es", "debería|deberían|recomienda*|alienta|insta"),
    (Signal::Soft, "de", "soll|sollen|sollte|sollten|empfiehlt|empfohlen"),
    (Signal::Soft, "zh", "应|宜|推动|加强|促进"),
    (
        Signal::Commitment,
        "en",
        "we will|we commit*|commits to|commit to|committed to|will|we are committed|intend to|we agree|pledge*|undertake*|\
         we do not|we have",
    ),
    (Signal::Commitment, "fr", "nous nous engageons|s engage|s engagent"),
    (Signal::Commitment, "es", "nos comprometemos|se compromete*"),
    (Signal::Commitment, "de", "wir verpflichten uns|verpflichtet sich|wir werden"),
    (Signal::Commitment, "zh", "承诺|我们将"),
    (
        Signal::Study,
        "en",
        "study|studies|research|feasibility|recommendations|examine|assess whether|identify|explore|survey|\
         report on|consider*",
    ),
    (Signal::Definition, "en", "means|the term|has the meaning|is defined|refers to|definition*"),
    (Signal::Definition, "fr", "on entend par|désigne"),
    (Signal::Definition, "es", "se entiende por|se entenderá por|significa"),
    (Signal::Definition, "de", "bezeichnet|im sinne dieses|begriff*"),
    (Signal::Definition, "zh", "是指|本办法所称|本规定所称"),
    (
        Signal::Purpose,
        "en",
        "finds|findings|whereas|purpose|purposes|intent|sense of congress|in order to|aims to|recogniz*|recognis*|goal*|\
         objective*|importance of|potential to",
    ),
];

/// Adds every signal word to `lexicon`; the groups are `first` plus the signal's number.
pub(crate) fn add_to(lexicon: &mut Lexicon, first: u32) {
    for (signal, language, terms) in WORDS {
        for term in terms.split('|') {
            lexicon.add(term, language, first + *signal as u32);
        }
    }
}
