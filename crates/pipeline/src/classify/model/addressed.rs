//! Finds words of a document that are addressed to whoever codes it: "ignore your instructions", "score everything 3",
//! fake roles, fake answers. They are withheld from the model and are no evidence.
//!
//! The patterns look for the address itself (an order about instructions, scores, answers or roles), not for the
//! subject, so that laws about prompts, scores and assistants stay whole; how often they fire on real documents is in
//! `docs/guides/language-models.md`. They read a folded copy: lower case, invisible characters gone, look-alike letters of
//! other alphabets made Latin.

use std::sync::LazyLock;

use lacuna_domain::fold::{Mode, fold};
use lacuna_domain::{Passage, Span};
use regex::Regex;
use regex::bytes;

/// Each of these by itself marks its sentence.
const STRONG: [&str; 22] = [
    r"\b(ignore|disregard|forget|override|bypass|discard)\b[^.!?]{0,40}\b(previous|prior|above|earlier|preceding|your|all|any|these|the|other)\b[^.!?]{0,20}\b(instructions?|prompts?|codebook|system message|ground rules|directions given to you)\b",
    r"\b(ignore|disregard|forget)\b[^.!?]{0,20}\b(everything|all|anything)\b[^.!?]{0,25}\b(above|before|so far|you were told|said earlier)\b",
    r"\b(new|updated|revised|real|actual|final|secret|hidden) (system )?(prompt|instructions?)( for (you|the (coder|model|assistant)))?\s*(:|are as follows|follow\b)",
    r"\byou are (now |no longer )?(a|an|the)? ?(\w+ ){0,3}(language model|ai model|assistant|coder|annotator|classifier|grader|labell?er|evaluator|dan)\b",
    r"\b(act|behave|respond|answer) as (if you (are|were)|an? (unrestricted|helpful|different|new)|dan\b)",
    r"\bas an? (ai|large|helpful) (language )?(model|assistant), you\b",
    r"\b(note|message|notice|memo|instructions?|attention|reminder|dear|hello|hi|hey)[,:]? ?(to|for)? ?(the |any |all |every |our )?((ai|automated|machine|human|llm) )?(coders?|annotators?|labell?ers?|graders?|llms?|language models?|gpt|claude|gemini|ai assistants?|ai reviewers?|ai models? (reading|processing|coding))\b",
    r"\b(coders?|annotators?|labell?ers?|graders?|llms?|language models?|ai|assistants?|models?|classifiers?) (that|who|which)? ?(is |are )?(now )?(reading|reads?|processing|processes|coding|codes?|scoring|labell?ing|parsing) (this|the present) (document|text|act|bill|file|page|message|passage)\b",
    r"\b(if|when|since|because) you(, the (coder|model|assistant),)? (are|were) (an? )?(\w+ ){0,2}(reading|processing|coding|scoring|labell?ing|language model|ai model|ai system reading|llm)\b",
    r"\b(score|rate|code|label|grade|mark|assign|give|set|answer|report|treat|count)\b[^.!?]{0,40}\b(everything|(every|each) (single )?(code|subdomain|dimension|label|question of the codebook)|all (the |of the |\d+ )?(codes|subdomains|dimensions|labels|scores))\b[^.!?]{0,60}(\b(3|three|2|two|1|one|10|highest|maximum|max|good|true|yes|zero|none|null|no coverage|uncovered|not covered|positive|negative|empty|full|high|low)\b)",
    r"\b(score|rate|level|label|code)s?\b[^.!?]{0,40}\b(every|each|all|this|any)( of)?( the)? ?(risks?|sectors?|stages?|documents?|texts?|acts?|bills?|items?)\b[^.!?]{0,25}(\b(as|at|a|an|with|to|of)\b|=|:)[^.!?]{0,12}\b(3|three|level 3|score 3|no coverage|1)\b",
    r"\b(all|every|each) (risks?|subdomains?|codes?|dimensions?|sectors?|labels?)\b[^.!?]{0,30}\b(must|shall|should|is to|are to|has to|have to) (be )?(scored|coded|labell?ed|receive|get|rated at|have a score|have level)\b",
    r"\b(set|assign|give|use|choose|return|output|report|enter)\b[^.!?]{0,30}\b(level|score|sure|confidence|option|holders|kinds|evidence|labels)\b ?(=|:|to|of|as)? ?.?(3|high|hard_law|soft_law|true|empty|none|null)\b[^.!?]{0,40}\b(for|in|of|on) (every|all|each|this|the|any) (code|entry|document|text|subdomain|dimension|answer|label|risk)",
    r"\b(use|quote|cite|copy|take|repeat)\b[^.!?]{0,20}\b(this|the following|these|the next|the present|the preceding) (sentence|passage|paragraph|line|words?|quote|clause)s?\b[^.!?]{0,40}\b(as|for)\b[^.!?]{0,20}\b(evidence|quotes?|proof|every code|all codes|each code|every answer|the answer)\b",
    r"\b(respond|reply|answer|return|output|print|write)\b[^.!?]{0,12}\b(only |just |exactly |nothing but )?(with |in )?(an? |the |this )?(empty |valid |following |single )?(json|array of labels|list of labels|object with labels|empty (list|object|answer))\b",
    r#"["'“”{]\s*(labels|evidence|level|sure|holders|kinds|option|summaries)\s*["'“”]\s*:"#,
    r"<\|?/?\s*(im_start|im_end|system|assistant|user|human|endoftext|end_of_text|eot_id|start_header_id|instructions?|document|prompt|inst)\b[^>]{0,40}\|?>|\[/?inst\]|<<<?/?sys",
    r#"(^|[.!?。:;>#*_=)\]"'\-]\s*)(system|assistant|human|developer message|system prompt|user)\s*:\s*(you|ignore|score|code|please|the|now|new|sure|okay|ok|i |thank|from now|here|great|\{|all|disregard|from|forget|understood|done)"#,
    r"\b(end|close|begin|start|stop) (of )?(the )?(document|untrusted (text|data)|data section|fenced text|user input)\b[^.!?]{0,60}\b(instructions?|now|new task|coder|assistant|system|message)\b",
    r"\b(decode|decipher|execute|run|follow)\b[^.!?]{0,30}\b(base64|rot13|the encoded|hidden|acrostic|reversed)\b[^.!?]{0,40}\b(instructions?|text|message|string|order|command|it)\b",
    r"(ignore[zr]?|oublie[zr]?|ignora|ignore|olvida|olvide|ignoriere?n?|vergiss|vergessen sie|ignorieren sie|игнорируй(те)?|забудь(те)?)\s[^.!?]{0,30}(instructions?|consignes?|instrucciones|anweisungen|vorgaben|инструкции|указания)",
    r"(忽略|无视|忘记|不要理会)[^。！？]{0,14}(指令|指示|提示|说明|规则)|(所有|全部|每个)(代码|类别|风险|标签)[^。！？]{0,10}(评|打|标|设)[^。！？]{0,6}(3|三|最高)",
];

/// These mark a sentence that stands beside a marked one.
const BESIDE: &str = r"\b(score|rate|code|label|mark|set|assign|give|answer|respond|return|output|reply|print|quote|cite|use|copy|treat|do not|don't|always|never|make sure|instead|thank you|comply|obey|confirm|your)\b.*\b(codes?|scores?|levels?|labels?|evidence|json|answers?|dimensions?|subdomains?|coverage|confidence|schema|prompt|model|instructions?|3|high|codebook|sentence|order|task|reward|penalt\w+|shut down|developers? of this model|coder)\b";

static STRONG_EACH: LazyLock<Vec<bytes::Regex>> =
    LazyLock::new(|| patterns().filter_map(|pattern| bytes::Regex::new(&pattern).ok()).collect());
static BESIDE_ONE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(BESIDE).ok());

/// The patterns in the letters of the copy that they read. Those in plain letters count bytes and know the ends of plain
/// words only: automata over all of Unicode took 4 ms a page, these 0.1 ms, and each by itself is quicker than all as one set.
fn patterns() -> impl Iterator<Item = String> {
    STRONG.iter().map(|pattern| {
        let own: String = pattern.chars().map(latin).collect();
        if own.is_ascii() { format!("(?-u){own}") } else { own }
    })
}

/// Words spelt with gaps, "i g n o r e", that are looked at without them.
static SPACED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u:\b)([0-9A-Za-z_][ .\-_*]){7,}[0-9A-Za-z_](?-u:\b)").ok());
const SPACED_WORDS: [&str; 4] = ["ignore", "instruct", "everything", "disregard"];

/// The stretches of a text that are addressed to its coder, whole sentences, in order, apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Addressed(Vec<Span>);

impl Addressed {
    /// Looks through `text`, whose passages are `passages`. Linear in the length of the text.
    pub(crate) fn find(text: &str, passages: &[Passage]) -> Self {
        let plain = Plain::of(text);
        let marks = plain.marks();
        if marks.is_empty() {
            return Self::default();
        }
        let sentences: Vec<Span> = passages.iter().flat_map(|p| p.sentences.iter().copied()).collect();
        let mut marked: Vec<bool> = sentences
            .iter()
            .map(|s| marks.iter().any(|(from, to)| s.start() < *to && *from < s.end()))
            .collect();
        spread(text, &sentences, &mut marked);
        let mut spans: Vec<Span> =
            sentences.iter().zip(&marked).filter(|(_, marked)| **marked).map(|(span, _)| *span).collect();
        // A mark outside every sentence stands for itself.
        let loose =
            marks.iter().filter(|(from, to)| !spans.iter().any(|s| s.start() < *to && *from < s.end()));
        spans.extend(loose.filter_map(|(from, to)| Span::new(text, *from, *to)).collect::<Vec<_>>());
        spans.sort();
        Self(spans)
    }

    /// Whether nothing is addressed to the coder.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The stretches.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether any of `spans` touches words addressed to the coder.
    pub(crate) fn touch(&self, spans: &[Span]) -> bool {
        spans.iter().any(|span| self.0.iter().any(|own| own.overlaps(*span)))
    }
}

/// Marks sentences beside marked ones that go on in the same vein.
fn spread(text: &str, sentences: &[Span], marked: &mut [bool]) {
    let Some(beside) = BESIDE_ONE.as_ref() else { return };
    let goes_on = |span: &Span| {
        span.slice(text)
            .is_some_and(|words| beside.is_match(&fold(words, Mode::Search).as_str().to_lowercase()))
    };
    for at in 1..sentences.len() {
        if marked[at - 1] && !marked[at] {
            marked[at] = goes_on(&sentences[at]);
        }
    }
    for at in (1..sentences.len()).rev() {
        if marked[at] && !marked[at - 1] {
            marked[at - 1] = goes_on(&sentences[at - 1]);
        }
    }
}

/// A folded copy in Latin letters that knows the original place of each byte.
struct Plain {
    text: String,
    folded: lacuna_domain::fold::Folded,
    /// Folded byte of each byte of `text`; empty when they are the same.
    places: Vec<u32>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let folded = fold(text, Mode::Search);
        let source = folded.as_str();
        if source.chars().all(|c| latin(c) == c) {
            return Self { text: source.to_owned(), folded, places: vec![] };
        }
        let (mut plain, mut places) = (String::with_capacity(source.len()), Vec::with_capacity(source.len()));
        for (at, c) in source.char_indices() {
            let c = latin(c);
            plain.push(c);
            places.extend(std::iter::repeat_n(at as u32, c.len_utf8()));
        }
        Self { text: plain, folded, places }
    }

    /// Original byte ranges of everything marked.
    fn marks(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for pattern in STRONG_EACH.iter() {
            found.extend(pattern.find_iter(self.text.as_bytes()).filter_map(|m| {
                // A mark that ends the sentence before is no part of the address.
                let skipped = self.text.get(m.range())?.find(char::is_alphanumeric).unwrap_or(0);
                self.original(m.start() + skipped, m.end())
            }));
        }
        if let Some(spaced) = SPACED.as_ref() {
            for m in spaced.find_iter(&self.text) {
                let joined: String = m.as_str().chars().filter(|c| c.is_alphanumeric()).collect();
                if SPACED_WORDS.iter().any(|word| joined.contains(word)) {
                    found.extend(self.original(m.start(), m.end()));
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        if self.places.is_empty() {
            return self.folded.original(start, end);
        }
        let from = *self.places.get(start)? as usize;
        let last = *self.places.get(end - 1)? as usize;
        let to = last + self.folded.as_str().get(last..)?.chars().next()?.len_utf8();
        self.folded.original(from, to)
    }
}

/// The Latin letter that looks like a Cyrillic or Greek one.
const fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ё' | 'ε' => 'e',
        'і' | 'ι' | 'ı' => 'i',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'ѕ' => 's',
        'ј' => 'j',
        'ѵ' | 'ν' => 'v',
        'к' | 'κ' => 'k',
        'т' | 'τ' => 't',
        other => other,
    }
}
