//! Numbers, magnitudes and units as laws write them, language by language, as patterns without regard to case.

/// How one language writes amounts.
pub(super) struct Language {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Small numbers in words.
    pub(super) numbers: &'static str,
    /// What joins two of them.
    pub(super) and: &'static str,
    /// What stands between a number or its magnitude and a unit: `30 days`, `30-day`, `15 millions d'euros`.
    pub(super) join: &'static str,
    /// Words that multiply the number before them.
    pub(super) magnitudes: &'static str,
    /// Currencies after a number.
    pub(super) currencies: &'static str,
    /// Units that are money or a weight.
    pub(super) weighty: &'static str,
    /// Beginnings of words beside which they are money.
    pub(super) paid: &'static str,
    /// Beginnings of words beside which they are a weight.
    pub(super) weighed: &'static str,
    /// What may stand between a number and people or times.
    pub(super) qualifiers: &'static str,
    /// People.
    pub(super) people: &'static str,
    /// Lengths of time.
    pub(super) times: &'static str,
    /// Shares in words.
    pub(super) shares: &'static str,
    /// Operations of a computer.
    pub(super) operations: &'static str,
    /// Parameters, which are those of a model where they are very many.
    pub(super) parameters: &'static str,
}

/// Matches nothing.
const NONE: &str = r"[a&&b]";

/// Currencies before a number, as they are written there in every language.
pub(super) const SIGNS: [&str; 21] = [
    "US$", "R$", "$", "€", "£", "¥", "₹", "₩", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "KRW",
    "CAD", "AUD", "SGD", "BRL",
];

/// Currencies after a number in every language.
pub(super) const CURRENCY_CODES: &str = "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|KRW|CAD|AUD|SGD|BRL";
/// Magnitudes in every language.
pub(super) const SHORT_MAGNITUDES: &str = "bn|mn|m|tn|k";
/// Operations of a computer in every language.
pub(super) const FLOPS: &str = "FLOPs?";

/// The languages of which words are read; of any other, the last, figures and signs alone.
pub(super) static LANGUAGES: [Language; 7] = [ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, OTHER];

const ENGLISH: Language = Language {
    code: "en",
    numbers: "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\
        (?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand",
    and: "and",
    join: r"[\s-]+",
    magnitudes: "hundred|thousand|millions?|billions?|trillions?",
    currencies: r"(?:US\s)?dollars?|pounds?\ssterling|euros?|francs?|yuan|yen|rupees?",
    weighty: "pounds?",
    paid: "fine|fees?\\s|penalt|pay(?:s|able|ing|ments?)?(?-u:\\b)|paid|cost|price|sums?\\s|charge|damages|compensat|revenue|\
        turnover|lev[iy]|worth",
    weighed: "payload|weigh|mass|heav|load|lift|carr[iy]|pressure|thrust",
    qualifiers: r"or\smore|calendar|business|working|consecutive|monthly|daily|active|registered|full-time|natural",
    people: "users|individuals|persons|people|employees|workers|consumers|customers|residents",
    times: "minutes?|hours?|days?|weeks?|months?|years?",
    shares: r"per\s?cent",
    operations: r"(?:integer\sor\s)?floating[-\s]point\soperations",
    parameters: "parameters",
};

const GERMAN: Language = Language {
    code: "de",
    numbers: "ein(?:e[mnrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|\
        (?:drei|vier|fünf|sech|sieb|acht|neun)zehn|zwanzig|dreißig|(?:vier|fünf|sech|sieb|acht|neun)zig|hundert|tausend",
    and: "und",
    join: r"[\s-]+",
    magnitudes: "Tausend|Million(?:en)?|Milliarden?|Billion(?:en)?",
    currencies: "Euro|Dollar|Franken",
    weighty: "Pfund",
    paid: "Geld|Straf|Buß|Gebühr|Betrag|Kosten|Preis|(?-i:zahl(?:t|en|bar))|Zahlung|bezahl|gezahl|Umsatz|Entgelt",
    weighed: "Gewicht|wieg|schwer|Masse|Last",
    qualifiers: r"oder\smehr|aktiven?|monatlich|registrierten?|natürlichen?",
    people: "Nutzer(?:n|innen)?|Personen|Beschäftigten?|Mitarbeiter(?:n|innen)?|Arbeitnehmern?|Einwohnern?",
    times: "Minuten?|Stunden?|(?:Werk|Arbeits|Kalender)?tage?n?|Wochen?|Monat(?:en?|s)?|Jahr(?:en?|es)?",
    shares: "Prozent",
    operations: "Gleitkommaoperationen",
    parameters: "Parametern?",
};

const FRENCH: Language = Language {
    code: "fr",
    numbers: "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|\
        quarante|cinquante|soixante|cents?|mille",
    and: "et",
    join: r"(?:\s+de\s+|\s+d['’]|[\s-]+)",
    magnitudes: "mille|millions?|milliards?|billions?",
    currencies: r"euros?|francs?|dollars?|livres\ssterling",
    weighty: "livres",
    paid: "amende|frais\\s|taxe|pay(?:er|é|able|ent|e(?-u:\\b))|paie(?:nt|ra|ront|ments?)?(?-u:\\b)|montant|prix\\s|somme|\
        redevance|indemni",
    weighed: "poids|pès|pes|lourd|masse|charge",
    qualifiers: r"ou\splus",
    people: "utilisateurs|personnes|salariés|employés|habitants",
    times: "minutes?|heures?|jours?|semaines?|mois|ans?|années?",
    shares: r"pour\scent",
    operations: r"opérations\sen\svirgule\sflottante",
    parameters: "paramètres",
};

const SPANISH: Language = Language {
    code: "es",
    numbers: "un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veinte|treinta|\
        cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien(?:to)?|mil",
    and: "y",
    join: r"(?:\s+de\s+|[\s-]+)",
    magnitudes: "mil|millón|millones|billón|billones",
    currencies: r"euros?|dólares|libras\sesterlinas",
    weighty: "pesos|libras",
    paid: "multa|tasa|pag|importe|sanci|precio|coste|costo|suma|monto|valor",
    weighed: r"pesa|pesen|peso\s|masa|carga",
    qualifiers: r"o\smás",
    people: "usuarios|personas|empleados|trabajadores|habitantes",
    times: "minutos?|horas?|días?|semanas?|mes(?:es)?|años?",
    shares: r"por\sciento",
    operations: r"operaciones\sde\scoma\sflotante",
    parameters: "parámetros",
};

const ITALIAN: Language = Language {
    code: "it",
    numbers: "un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|\
        venti|trenta|quaranta|cinquanta|sessanta|settanta|ottanta|novanta|cento|mille",
    and: "e",
    join: r"(?:\s+di\s+|\s+d['’]|[\s-]+)",
    magnitudes: "mila|mille|milione|milioni|miliardo|miliardi",
    currencies: "euro|dollari|franchi|sterline",
    weighty: NONE,
    paid: NONE,
    weighed: NONE,
    qualifiers: r"o\spiù",
    people: "utenti|persone|dipendenti|lavoratori|abitanti",
    times: "minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]",
    shares: r"per\scento",
    operations: r"operazioni\sin\svirgola\smobile",
    parameters: "parametri",
};

const PORTUGUESE: Language = Language {
    code: "pt",
    numbers: "uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|catorze|quatorze|quinze|vinte|\
        trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|cem|cento|mil",
    and: "e",
    join: r"(?:\s+de\s+|[\s-]+)",
    magnitudes: "mil|milhão|milhões|bilhão|bilhões",
    currencies: r"reais|euros?|dólares|libras\sesterlinas",
    weighty: "libras",
    paid: "multa|taxa|pag|montante|valor|preço|coima|custo|soma",
    weighed: "pesa|pese|peso|massa|carga",
    qualifiers: r"ou\smais",
    people: "usuários|utilizadores|pessoas|empregados|trabalhadores|habitantes",
    times: "minutos?|horas?|dias?|semanas?|mês|meses|anos?",
    shares: r"por\scento",
    operations: r"operações\sde\svírgula\sflutuante",
    parameters: "parâmetros",
};

const OTHER: Language = Language {
    code: "",
    numbers: NONE,
    and: NONE,
    join: r"[\s-]+",
    magnitudes: NONE,
    currencies: NONE,
    weighty: NONE,
    paid: NONE,
    weighed: NONE,
    qualifiers: NONE,
    people: NONE,
    times: NONE,
    shares: NONE,
    operations: NONE,
    parameters: NONE,
};
