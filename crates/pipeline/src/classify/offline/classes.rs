//! Classes of words: verbs and things that matter to what a sentence does with AI ("procure" + "system"), whatever the
//! words it uses. Which classes stand beside which is what the model of classes learns from; see [`ClassHit`].

use super::lexicon::Lexicon;

/// A word or phrase of a class, in a sentence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassHit {
    /// Index of the class among [`TERMS`].
    pub(crate) class: u8,
    /// Which term.
    pub(crate) term: u32,
    /// First word.
    pub(crate) first: u32,
    /// One past the last word.
    pub(crate) end: u32,
}

/// How many classes there are.
pub(crate) const CLASSES: usize = TERMS.len();

/// English terms of each class, split by `|`; `*` matches any ending. A word may belong to several. General words only:
/// nothing that names one document or one product.
const TERMS: &[&str] = &[
    // AI by any name.
    "artificial intelligence|ai|machine learning|deep learning|algorithm*|neural network*|generative|\
     language model*|foundation model*|frontier model*|chatbot*|bot|deepfake*|deep fake*|automated decision*|\
     automated system*|automated tool*|facial recognition|autonomous|gpai|computer generated|\
     intelligent system*",
    // Things that AI is built into.
    "system|systems|tool|tools|technology|technologies|application|applications|software|product|products|\
     platform|platforms|capability|capabilities|solution|solutions|equipment|device|devices|service|services|\
     technique*|method|methods|feature|features|program that",
    // What ties AI to a thing.
    "powered|enabled|driven|assisted|supported by|based on|that use|that uses|using|incorporat*|utilizing|\
     leveraging|employing|including|such as|that utiliz*|that employ*|that incorporat*|based",
    // Models.
    "model|models",
    // Buying and contracting.
    "procur*|acquir*|acquisition*|purchas*|buy|buying|contract|contracts|contracting|vendor*|subscrib*|lease|\
     leasing|solicitation*|bid|bids|award of contract",
    // Bringing into an organisation.
    "adopt*|implement|implementing|implementation|implements|integrat*|incorporat*|introduc*|leverag*|\
     transition*|field|fielding|fielded|moderniz*|modernis*|install*|expand*|uptake|embed*",
    // Putting on the market or into service.
    "releas*|deploy|deploys|deployed|deploying|deployment|deployments|deployer*|launch*|made available|\
     make available|makes available|making available|placed on the market|placing on the market|\
     put into service|putting into service|commercializ*|bring to market|offer for sale|sell|sells|sold|\
     roll out|rollout|put into use",
    // Telling people.
    "disclos*|notice|notices|notify|notifies|notification*|inform|informs|informed|disclaimer*|label|labels|\
     labeled|labeling|labelled|labelling|watermark*|clear and conspicuous|clearly and conspicuously|\
     statement that|conspicuous*",
    // Ahead of something.
    "before|prior to|in advance of|not later than|premarket|pre market|pre deployment",
    // Trying out.
    "pilot|pilots|piloting|demonstration*|sandbox*|trial|trials",
    // Using and operating.
    "use|uses|used|using|utiliz*|utilis*|operate|operates|operated|operating|employ|apply|applies|applied|\
     application of|reliance on|rely on|relies on|interact*",
    // Watching over.
    "monitor*|oversight|oversee*|track|tracking|tracks|log|logs|logging|surveil*|supervis*|review|reviews|\
     reviewed|inventory|inventories|watch",
    // What goes wrong.
    "incident*|adverse event*|complaint*|malfunction*|error*|harm|harms|failure*|vulnerabilit*|breach*|\
     violation*",
    // Reporting and keeping records.
    "report|reports|reporting|reported|record|records|recordkeeping|document|documents|documentation|notify|\
     submit|submits|publish*",
    // Keeping up, changing and retiring.
    "maintain*|maintenance|retire|retires|retiring|retirement|decommission*|update|updates|updated|suspend*|\
     discontinu*|recall*|shut down|shutdown|remove|removal|removes|withdraw*|deactivat*|terminate use|\
     take down|sustain*",
    // Spreading content.
    "distribut*|disseminat*|publish*|broadcast*|transmit*|transmission|upload*|post|posts|posted|share|\
     shares|display*|solicit*|possess*|send|sends",
    // Testing and certifying.
    "test|tests|tested|testing|evaluat*|validat*|verif*|audit|audits|audited|auditing|red team*|benchmark*|\
     certif*|conformity|inspect*|testbed*|test bed*|trial*|accredit*|peer review*",
    // Assessing and studying.
    "assess|assesses|assessing|assessed|assessment|assessments|analyz*|analys*|examine|examines|examining|\
     study|studies|studying|determine|determining|identify|identifies|identifying|consider|considers|explore|\
     exploring|review|investigat*|research",
    // Assessments by name.
    "impact assessment*|risk assessment*|ethical review*|ethics review*|ethical risk|safety assessment*|\
     security assessment*|algorithmic impact|risk analysis",
    // What is tested for.
    "accuracy|performance|safety|effectiveness|efficacy|reliab*|robust*|bias|biases|discriminat*|disparate|\
     validity|security|fairness|quality|trustworth*|risk|risks|compliance",
    // Designing and specifying.
    "design|designs|designing|designed|by design|specification*|requirement|requirements|architecture",
    // Plans, needs and policies.
    "strategy|strategies|strategic|roadmap|plan|plans|planning|feasib*|advisab*|use case*|objective*|goal|\
     goals|need|needs|alternatives|cost benefit|business case|risk tolerance*|opportunit*|potential use*|\
     potential application*|proposed use*|intended use*|intended purpose*|purpose|capability gap*|necessity|\
     priorit*|framework|governance framework|policies and procedures|policy|policies|guidelines|guidance|\
     standards|criteria|principles",
    // Making plans, rules and reviews.
    "develop|develops|developing|establish|establishes|establishing|create|creates|prepare|prepares|\
     formulate|formulates|define|defines|set|issue|issues|submit|conduct|conducts|conducting|conducted|\
     carry out|carried out|perform|performs|performed|complete|completed|update|adopt",
    // Developing.
    "develop|develops|developed|developing|development|developer*|build|builds|building|built|creat*|produce|\
     produces|produced|engineer|engineering|prototyp*|construct*|invent*|make|design and develop*|\
     research and development|r d|advance|advancing|innovat*",
    // Training models.
    "train|trains|trained|training|fine tun*|finetun*|pretrain*|pre train*|retrain*|reinforcement learning|\
     model weights|weights|compute",
    // Data.
    "data|dataset*|database*|data set*|personal information|information|records|biometric*|content|corpus|\
     training material*|materials",
    // Gathering and governing data.
    "collect*|gather*|obtain*|acquir*|process|processing|processed|processes data|clean*|curat*|label*|\
     annotat*|aggregat*|retain*|retention|delet*|stor*|shar*|access|scrap*|source|sources|sourcing|\
     provenance|quality|governance|management|minimiz*|anonymi*|consent|licens*|ingest*",
    // Public bodies.
    "agency|agencies|department*|secretary|director|administrator|commissioner|council|board|committee|\
     commission|officer|state|government",
    // Those who provide or use AI.
    "developer*|provider*|deployer*|operator*|manufacturer*|company|companies|vendor*|platform*|employer*|\
     insurer*|carrier*|covered entity|covered entities|person|persons|licensee*|business|businesses|lender*|\
     landlord*|candidate*|campaign*|committee|employee*|staff|user|users|student*|teacher*|school*|\
     physician*|provider",
    // Studies and consultations.
    "study|studies|report|recommendations|findings|survey|research|task force|working group|advisory|\
     consult*|listening|workshop*|hearing*|whereas|sense of",
    // Education and workforce.
    "workforce|education|literacy|curricul*|skills|training program*|scholarship*|fellowship*|outreach|\
     awareness|campaign|courses|instruction|career*|talent|hiring|recruit*",
    // Money.
    "grant|grants|fund|funds|funding|appropriat*|fiscal year|award|awards|awarded|dollars",
    // Sanctions.
    "penalt*|fine|fines|liable|liability|civil action|damages|felony|misdemeanor|guilty|imprison*|unlawful|\
     offense|violat*",
    // Those a system reaches.
    "public|market|consumer*|customers|commerce|users|patients|individual|individuals",
    // Rights of those affected.
    "opt out|appeal|human review|human oversight|consent|explanation|human alternative|correct*",
    // Generating and altering.
    "generat*|creat*|synthes*|synthetic*|fabricat*|manipulat*|alter|altered|altering|alteration|digitally|\
     modif*|produc*|simulat*|clon*|deepfake*|deep fake*|replica*|forger*|depict*|likeness|impersonat*|\
     falsif*",
    // Content.
    "content|image*|video*|audio*|audiovisual|text|voice*|likeness*|media|depiction*|photograph*|recording*|\
     speech|representation*|comment*|essay*|message*|material*|communications|communication|visual|work|\
     works|music|art",
    // Predicting, scoring and ranking.
    "predict*|forecast*|scor*|classif*|rank|ranks|ranking|ranked|recommend|recommends|recommending|\
     recommendation system*|recommendation algorithm*|profil*|likelihood|estimat*|detect*|screen|screening|\
     screens|anomal*|priorit*|target*|assess risk|risk score*|infer*",
    // Decisions.
    "decision*|determin*|eligib*|consequential|denial*|deny|approv*",
    // Automation.
    "automated|automatic|automatically|automate|automation|unmanned|autonomous*|self driving|robot*|\
     computer assisted|computer aided|semi autonomous|algorithmic",
    // Vehicles.
    "vehicle*|driving|aircraft|drone*|vessel*|truck*|car|cars|rail*|train crew|aerial|underwater",
    // Weapons.
    "weapon*|lethal|munition*|targeting|combat",
    // Health.
    "patient*|clinical|diagnos*|medical*|health|insulin|imaging|therap*|mental health|prior authorization|\
     utilization review|medicare|disease|lesion*|detection device*|prescription",
    // Employment.
    "employment|hiring|hire|candidate*|applicant*|resume*|promotion|interview*|worker*|job|recruit*|\
     employee monitoring",
    // Prices and rents.
    "price|prices|pricing|rent|rental|rents|lease terms|wage*|commercial term*|occupancy",
    // Biometrics.
    "facial|face|biometric*|emotion*|voice recognition|speech recognition|gait|fingerprint|iris|\
     license plate",
    // Advertising.
    "advertis*|ad|ads|marketing|marketer*|telemarket*|campaign",
    // Credit, insurance and housing.
    "credit|lending|loan*|mortgage*|apprais*|valuation*|underwrit*|insurance|insurer*|tenant*|housing",
    // Police and borders.
    "police|policing|law enforcement|sentenc*|parole|bail|pretrial|criminal|border|screening|surveillance|\
     gunshot",
    // School.
    "pupil*|student*|proctor*|exam|classroom|writing|dyslexia|teacher*|tutor*",
    // Feeds and filters.
    "moderation|filter*|feed|recommend*|ranking|newsfeed|social media|search",
    // Other fields of use.
    "road|roads|wildfire*|fire|weather|grid|traffic|infrastructure|crop*|mineral*|bridge*|pipeline*|audit*|\
     financial statement*|fraud|translation|customs|cargo|supply chain*",
    // What a thing is for.
    "for the purpose of|to assist|to support|to make|to determine|to facilitate|to identify|to detect|\
     to provide|to perform|used to|used for|used in|in making|to generate|to recommend|to set|to screen|\
     to evaluate|to monitor|to predict|to analyze",
    // Openness.
    "open|openly|open source|open weight|publicly available|public release|widely available|freely available",
    // What is opened.
    "weights|parameters|copies|derivatives|model|models",
    // Computing.
    "compute|computing power|computational power|computational resources|computing capacity|training run*|\
     floating point|flop*|operations|computation",
    // Measures.
    "threshold*|exceed*|greater than|above|more than|at least|quantity|amount|cost|costs|million dollars|\
     10 26|10 25",
    // Generality.
    "general purpose|multi purpose|wide range of tasks|variety of tasks|general|broad range of",
    // The frontier.
    "frontier|highly capable|most capable|advanced|powerful|cutting edge|state of the art",
    // Definitions.
    "means|the term|defined|definition|has the meaning",
];

/// Adds the terms of every class to `lexicon`; the groups are `first` plus the class's index.
pub(crate) fn add_to(lexicon: &mut Lexicon, first: u32) {
    for (class, terms) in TERMS.iter().enumerate() {
        for term in terms.split('|') {
            lexicon.add(term, "en", first + class as u32);
        }
    }
}
