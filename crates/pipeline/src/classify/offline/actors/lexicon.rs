//! What single words do in the sentences that name actors: function words, verbs by class, nouns that head names.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::hashing::Fast;

/// Roles of a word in a noun phrase or clause; a word may have several.
pub(super) mod flag {
    /// Articles and other determiners, left out of names.
    pub(crate) const DETERMINER: u32 = 1;
    /// Determiners that a described class keeps, such as "each agency".
    pub(crate) const QUANTIFIER: u32 = 1 << 1;
    /// "and", "or", "&".
    pub(crate) const CONJUNCTION: u32 = 1 << 2;
    /// "of".
    pub(crate) const OF: u32 = 1 << 3;
    /// Prepositions that may continue a name, such as "for" in "Under Secretary for Science".
    pub(crate) const LINK: u32 = 1 << 4;
    /// "shall", "must", "may", …
    pub(crate) const MODAL: u32 = 1 << 5;
    /// Any word that cannot be part of a noun phrase.
    pub(crate) const STOP: u32 = 1 << 6;
    /// Adverbs that stand between a modal and its verb.
    pub(crate) const ADVERB: u32 = 1 << 7;
    /// "that", "who", "which".
    pub(crate) const RELATIVE: u32 = 1 << 8;
    /// "Mr", "Ms", "Senator", …
    pub(crate) const HONORIFIC: u32 = 1 << 9;
    /// A head that begins a new name after "and", such as "Secretary".
    pub(crate) const TITLE: u32 = 1 << 10;
    /// Suffixes of company names.
    pub(crate) const COMPANY_SUFFIX: u32 = 1 << 11;
    /// Words of sanctions.
    pub(crate) const PENALTY: u32 = 1 << 12;
    /// Words of courts and suits.
    pub(crate) const SUIT: u32 = 1 << 13;
    /// Words of reports and evaluation.
    pub(crate) const REPORTING: u32 = 1 << 14;
    /// Words of enforcement.
    pub(crate) const ENFORCEMENT: u32 = 1 << 15;
    /// Words of definitions.
    pub(crate) const DEFINING: u32 = 1 << 16;
    /// Words of establishment and membership.
    pub(crate) const MEMBERSHIP: u32 = 1 << 17;
    /// "we", "our", "us".
    pub(crate) const FIRST_PERSON: u32 = 1 << 18;
    /// "artificial", "AI", "algorithm", …
    pub(crate) const TECHNOLOGY: u32 = 1 << 19;
    /// Words that stand inside no noun phrase of an actor but may in others; a head before them is a modifier.
    pub(crate) const VERB: u32 = 1 << 20;
    /// "not", "no".
    pub(crate) const NEGATION: u32 = 1 << 21;
    /// Adjectives that readers of the text may leave out of a name.
    pub(crate) const QUALIFIER: u32 = 1 << 22;
}

/// What a word says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WordClass {
    /// Bits of [`flag`].
    pub(super) flags: u32,
    /// 1-based index into [`HEADS`]; 0 for no head.
    pub(super) head: u8,
    /// 1-based index into [`VERBS`]; 0 for none.
    pub(super) verb: u8,
}

/// Classes of head nouns, with their words.
pub(super) const HEADS: &[(&str, &str)] = &[
    (
        "executive",
        "secretary secretaries director directors administrator administrators commissioner commissioners president minister ministers chancellor superintendent commander commanders commandant chief chiefs head heads librarian treasurer registrar czar premier register",
    ),
    (
        "officer",
        "officer officers official officials advisor adviser advisors advisers assistant counsel tempore chair chairs chairman chairmen chairperson coordinator coordinators representative representatives designee deputy lead leads leader leaders supervisor supervisors executive executives member members staff personnel clerk ombudsman delegate envoy ceo cio ciso cto custodian leadership manager managers",
    ),
    ("congress", "congress house senate"),
    ("committee", "committee committees subcommittee subcommittees"),
    (
        "legislature",
        "legislature legislatures assembly parliament governor governors mayor speaker people commons knesset duma general-assembly councilmember",
    ),
    ("general", "general prosecutor prosecutors attorney attorneys solicitor sheriff police"),
    ("court", "court courts judge judges tribunal tribunals arbitrator magistrate justice justices jury"),
    (
        "commission",
        "commission commissions board boards council councils authority authorities regulator regulators commissionership trust",
    ),
    (
        "department",
        "department departments agency agencies office offices bureau bureaus ministry ministries administration division divisions directorate directorates service services secretariat institute institutes institution-wide center centers centre centres command commands branch unit units element elements guard corps laboratory laboratories secretariats organ organs headquarters",
    ),
    (
        "group",
        "group groups force forces panel panels team teams workgroup consortium consortia partnership partnerships alliance network hub collaborative roundtable forum body bodies task-force coalition",
    ),
    (
        "person",
        "person persons individual individuals actor actors anyone whoever people's citizen citizens offender defendant defendants respondent party parties someone everyone",
    ),
    (
        "developer",
        "developer developers manufacturer manufacturers designer designers builder builders maker makers producer producers researcher researchers engineer engineers creator creators innovator author authors scientist scientists",
    ),
    (
        "deployer",
        "deployer deployers operator operators employer employers insurer insurers insurance landlord landlords publisher publishers broadcaster broadcasters advertiser advertisers licensee licensees distributor distributors importer importers seller sellers dealer dealers retailer retailers issuer issuers carrier carriers bank banks lender lenders creditor practitioner practitioners physician physicians prescriber clinician clinicians clinic hospital hospitals facility facilities lawyer lawyers professional professionals business businesses utility utilities broker brokers adopter implementer",
    ),
    (
        "provider",
        "provider providers platform platforms supplier suppliers host hosts website websites marketplace vendor vendors reseller resellers intermediary intermediaries",
    ),
    (
        "company",
        "company companies corporation corporations firm firms contractor contractors subcontractor enterprise enterprises industry industries startup startups subsidiary subsidiaries lab labs signatory signatories consultancy undertaking undertakings",
    ),
    (
        "user",
        "user users employee employees worker workers consumer-user driver drivers student students teacher teachers educator educators applicant applicants recipient recipients grantee grantees candidate-user awardee awardees participant participants end-user end-users workforce customer customers subscriber licensor owner owners holder holders volunteer volunteers trainee interviewer influencer influencers",
    ),
    (
        "affected",
        "consumer consumers victim victims patient patients candidate candidates plaintiff plaintiffs claimant claimants resident residents child children minor minors parent parents guardian voter voters artist artists performer performers depicted taxpayer beneficiary beneficiaries complainant heir public subject subjects tenant tenants",
    ),
    (
        "institution",
        "university universities institution institutions school schools college colleges academy academies museum library libraries district districts campus faculty",
    ),
    (
        "entity",
        "entity entities organization organizations organisation organisations association associations society nonprofit nonprofits foundation foundations union unions",
    ),
    (
        "state",
        "state states government governments country countries nation nations municipality municipalities county counties city cities jurisdiction jurisdictions tribe tribes kingdom republic territory commonwealth territories province provinces locality localities town village g7 g20",
    ),
    (
        "auditor",
        "auditor auditors comptroller inspector inspectors evaluator evaluators assessor assessors examiner examiners monitor monitors tester testers reviewer reviewers annotator annotators red-teamer red-teamers",
    ),
    (
        "stakeholder",
        "community communities stakeholder stakeholders expert experts partner partners academia sector policymakers policymaker lawmakers decisionmakers decision-makers civil-society funders ally allies",
    ),
];

/// Classes of verbs, with base forms; inflections are derived.
pub(super) const VERBS: &[(&str, &str)] = &[
    ("report", "submit transmit notify brief report certify furnish deliver send"),
    ("establish", "establish create form convene designate appoint constitute institute"),
    (
        "monitor",
        "monitor evaluate review assess audit track oversee inspect examine supervise investigate measure survey",
    ),
    (
        "enforce",
        "enforce impose revoke suspend prosecute sanction compel fine penalize enjoin terminate seize bring file commence sue recover assess-penalty",
    ),
    ("issue", "issue promulgate publish adopt prescribe propose amend revise update post"),
    ("develop", "develop design build train modify manufacture produce fine-tune"),
    ("ensure", "ensure maintain implement comply adhere meet satisfy protect preserve"),
    (
        "conduct",
        "conduct carry perform undertake execute administer manage operate pursue support promote facilitate encourage coordinate",
    ),
    ("disclose", "disclose inform label identify document retain keep record register provide make"),
    ("use", "use deploy procure acquire purchase employ distribute disseminate sell offer share"),
    ("consult", "consult collaborate cooperate work engage partner"),
    ("consist", "consist include comprise serve"),
    ("enact", "enact resolve ordain"),
    ("introduce", "introduce sponsor"),
    ("find", "find declare recognize recognise acknowledge affirm reaffirm believe welcome note"),
    ("commit", "commit pledge agree endorse sign"),
    ("urge", "urge direct authorize request instruct call recommend advise invite ask expect"),
    ("prohibit", "prohibit prevent ban restrict forbid refrain"),
    ("require", "require oblige mandate"),
    ("violate", "violate contravene fail knowingly"),
    ("receive", "receive accept obtain collect compile"),
    ("consider", "consider determine decide identify analyze study"),
    ("grant", "award grant fund allocate pay reimburse"),
    ("be", "be is are was were been being"),
    ("have", "have has had having"),
];

const LISTS: &[(u32, &str)] = &[
    (flag::DETERMINER | flag::STOP, "the a an its their his her our your this that these those said my"),
    (
        flag::DETERMINER | flag::QUANTIFIER | flag::STOP,
        "each any every such all no other another either both certain some several various many most these",
    ),
    (flag::CONJUNCTION | flag::STOP, "and or nor &"),
    (flag::OF | flag::STOP, "of"),
    (flag::LINK | flag::STOP, "for on in to within at"),
    (flag::MODAL | flag::STOP, "shall must may will should can could would might cannot"),
    (
        flag::STOP,
        "with without by from under pursuant between among through during before after against into onto upon about above below over per via as than then if when where while whether because since until unless although though however but yet so not only also there here it they we us he she him them who whom whose which what how why do does did done i you me itself themselves himself herself one two three four five six seven eight nine ten once again both further respectively including include includes except regarding concerning relating according subject-to based due prior later earlier least less more much very too even still just else etc thereof therein thereto hereby herein hereof thereafter whereas wherein whereby notwithstanding provided means meaning mean no yes ii iii iv vi vii viii ix sec section subsection paragraph subparagraph clause article title chapter act part subpart",
    ),
    (
        flag::ADVERB | flag::STOP,
        "not also then only promptly annually periodically immediately thereafter directly jointly together either further publicly knowingly intentionally regularly independently continuously otherwise additionally solely therefore never clearly appropriately voluntarily collectively reasonably fully willfully willingly initially ever actively",
    ),
    (flag::RELATIVE | flag::STOP, "that who which"),
    (
        flag::HONORIFIC,
        "mr mrs ms dr messrs sen sens rep reps senator senators assemblymember assemblyman assemblywoman delegate",
    ),
    (
        flag::TITLE,
        "secretary secretaries director administrator commissioner president attorney chairman chair chairperson comptroller under deputy assistant chief inspector governor speaker minister commander head heads committee committees subcommittee subcommittees",
    ),
    (flag::COMPANY_SUFFIX, "inc ltd llc corp co plc gmbh limited incorporated corporation"),
    (
        flag::PENALTY,
        "penalty penalties fine fines fined imprisonment misdemeanor felony guilty liable liability sanction sanctions punishable damages revoke revocation suspend suspension forfeiture violation violations violates violating unlawful offense offence disciplinary prohibited noncompliance",
    ),
    (
        flag::SUIT,
        "court courts action actions suit injunction injunctive plaintiff civil relief jurisdiction damages remedy remedies litigation complaint attorney's prosecute prosecution cause judicial",
    ),
    (
        flag::REPORTING,
        "report reports reporting briefing briefings evaluation evaluations assessment assessments findings progress annually review reviews audit audits monitor monitoring oversight tracking effectiveness metrics implementation",
    ),
    (
        flag::ENFORCEMENT,
        "enforce enforces enforced enforcement enforcing investigate investigation investigations compel comply compliance penalize order orders authority powers subpoena inspection inspections enjoin",
    ),
    (flag::DEFINING, "means term definition definitions defined meaning"),
    (
        flag::MEMBERSHIP,
        "member members membership appointed appointment consist consists composed chair vacancy designee serve",
    ),
    (flag::FIRST_PERSON | flag::STOP, "we our us ours"),
    (
        flag::TECHNOLOGY,
        "ai artificial intelligence algorithm algorithms algorithmic automated autonomous model models system systems software deepfake deepfakes synthetic generative technology technologies",
    ),
    (flag::NEGATION, "not no never"),
    (
        flag::QUALIFIER,
        "appropriate relevant respective competent leading new existing applicable designated independent individual participating joint local federal state interagency steering",
    ),
];

/// Verb forms that are as often nouns or modifiers inside names, so that they break no noun phrase.
const NOUNLIKE: &str = "report reports review reviews audit audits track survey form forms brief fine fines file post design train label document documents record records register use uses purchase offer share work partner partners find note call request study award grant grants fund funds support commit sanction sanctions direct update operating monitor institute head leads training manufacturing building monitoring engaged covered designated appointed authorized regulated established recommend measure measures subject serving protected issuing developing participating contracting funding purchasing operating supervising managing publishing investigating reviewing advertising examining banking housing planning engineering computing nursing reporting testing working governing";

/// The words of all lists.
pub(super) static LEXICON: LazyLock<HashMap<String, WordClass, Fast>> = LazyLock::new(build);

fn build() -> HashMap<String, WordClass, Fast> {
    let mut words: HashMap<String, WordClass, Fast> = HashMap::default();
    for (flags, list) in LISTS {
        for word in list.split(' ') {
            words.entry(word.to_owned()).or_default().flags |= flags;
        }
    }
    for (index, (_, list)) in HEADS.iter().enumerate() {
        for word in list.split(' ') {
            words.entry(word.to_owned()).or_default().head = index as u8 + 1;
        }
    }
    let nounlike: Vec<&str> = NOUNLIKE.split(' ').collect();
    for (index, (_, list)) in VERBS.iter().enumerate() {
        for (form, breaks) in list.split(' ').flat_map(inflections) {
            let entry = words.entry(form.clone()).or_default();
            if entry.verb == 0 {
                entry.verb = index as u8 + 1;
            }
            if breaks && entry.head == 0 && !nounlike.contains(&form.as_str()) {
                entry.flags |= flag::VERB;
            }
        }
    }
    words
}

/// The forms of a verb and whether each ends a noun phrase to its left; participles in -ed do not.
fn inflections(base: &str) -> Vec<(String, bool)> {
    if ["be", "is", "are", "was", "were", "been", "being", "have", "has", "had", "having", "knowingly"]
        .contains(&base)
    {
        return vec![(base.to_owned(), true)];
    }
    let irregular: &[&str] = match base {
        "find" => &["found"],
        "make" => &["made"],
        "bring" => &["brought"],
        "build" => &["built"],
        "sell" => &["sold"],
        "keep" => &["kept"],
        "meet" => &["met"],
        "send" => &["sent"],
        "oversee" => &["oversaw", "overseen"],
        "undertake" => &["undertook", "undertaken"],
        "pay" => &["paid"],
        "forbid" => &["forbidden"],
        "carry" => &["carries", "carried"],
        "notify" => &["notifies", "notified"],
        "certify" => &["certifies", "certified"],
        "modify" => &["modifies", "modified"],
        "identify" => &["identifies", "identified"],
        "comply" => &["complies", "complied"],
        "satisfy" => &["satisfies", "satisfied"],
        "study" => &["studies", "studied"],
        _ => &[],
    };
    let mut forms: Vec<(String, bool)> = vec![(base.to_owned(), true)];
    forms.extend(irregular.iter().map(|form| ((*form).to_owned(), false)));
    if let Some(stem) = base.strip_suffix('e') {
        forms.extend([(format!("{base}s"), true), (format!("{base}d"), false), (format!("{stem}ing"), true)]);
    } else {
        let doubled = ["submit", "transmit", "commit", "ban", "plan", "refrain-"].contains(&base);
        let stem = if doubled { format!("{base}{}", &base[base.len() - 1..]) } else { base.to_owned() };
        let plural = if base.ends_with("sh") || base.ends_with('s') { "es" } else { "s" };
        forms.extend([
            (format!("{base}{plural}"), true),
            (format!("{stem}ed"), false),
            (format!("{stem}ing"), true),
        ]);
    }
    forms
}
