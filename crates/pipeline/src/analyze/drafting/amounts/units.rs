//! Number words, magnitudes and units as laws write them. Each table has a line for each language: English, German,
//! French, Spanish, Italian, Portuguese.

/// Small numbers in words.
pub(super) const WORDS: [&str; 6] = [
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|\
     twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand",
    "ein(?:e[mnrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig|\
     sechzig|neunzig|hundert|tausend",
    "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingts?|trente|quarante|cinquante|\
     soixante|cents?|mille",
    "un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|\
     sesenta|noventa|cien(?:to)?|mil",
    "due|tre|quattro|cinque|sei|sette|otto|nove|dieci|dodici|quindici|venti|trenta|quaranta|cinquanta|sessanta|\
     novanta|cento",
    "uma?|dois|duas|três|sete|oito|dez|doze|vinte|trinta|quarenta|cinquenta|sessenta|noventa|cem",
];

/// Words that multiply the number before them.
pub(super) const MAGNITUDES: [&str; 6] = [
    "hundred|thousand|millions?|billions?|trillions?|bn|mn|m|tn|k",
    "Tausend|Millionen|Milliarden?|Mio|Mrd",
    "mille|milliards?",
    "mil|millón|millones",
    "milione|milioni|miliardo|miliardi",
    "milhão|milhões|bilhão|bilhões",
];

/// Currencies after a number.
pub(super) const CURRENCIES: [&str; 6] = [
    "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|KRW|CAD|AUD|SGD|BRL|(?:US\\s)?dollars?|pounds?(?:\\ssterling)?|yuan|yen|rupees?",
    "Dollar|Franken|Pfund",
    "euros?|francs?",
    "dólares|pesos",
    "dollari|franchi",
    "reais",
];

/// Currencies before a number, as they are written there.
pub(super) const SIGNS: [&str; 21] = [
    "US$", "R$", "$", "€", "£", "¥", "₹", "₩", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "KRW",
    "CAD", "AUD", "SGD", "BRL",
];

/// What may stand between a number and people or times.
pub(super) const QUALIFIERS: [&str; 6] = [
    "or\\smore|calendar|business|working|consecutive|monthly|daily|active|registered|full-time|natural",
    "oder\\smehr|aktiven?|monatlich",
    "ou\\splus",
    "o\\smás",
    "o\\spiù",
    "ou\\smais",
];

/// People.
pub(super) const PEOPLE: [&str; 6] = [
    "users|individuals|persons|people|employees|workers|consumers|customers|residents",
    "Nutzer(?:n|innen)?|Personen|Beschäftigten?|Mitarbeiter(?:n|innen)?|Arbeitnehmern?|Einwohnern?",
    "utilisateurs|personnes|salariés|employés|habitants",
    "usuarios|personas|empleados|trabajadores|habitantes",
    "utenti|persone|dipendenti|lavoratori|abitanti",
    "usuários|utilizadores|pessoas|empregados|trabalhadores",
];

/// Lengths of time. The French `an` is missing: English has it after the numbers of sections.
pub(super) const TIMES: [&str; 6] = [
    "minutes?|hours?|days?|weeks?|months?|years?",
    "Minuten?|Stunden?|(?:Werk|Arbeits|Kalender)?tage?n?|Wochen?|Monat(?:en?|s)?|Jahr(?:en?|es)?",
    "heures?|jours?|semaines?|mois|ans|années?",
    "minutos?|horas?|días?|semanas?|mes(?:es)?|años?",
    "minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|ann[oi]",
    "dias?|mês|anos?",
];

/// Shares in words.
pub(super) const SHARES: [&str; 6] =
    ["per\\s?cent", "Prozent", "pour\\scent", "por\\sciento", "per\\scento", "por\\scento"];

/// Operations and parameters of a model.
pub(super) const COMPUTE: [&str; 6] = [
    "FLOPs?|(?:integer\\sor\\s)?floating[-\\s]point\\soperations|parameters",
    "Gleitkommaoperationen|Parametern?",
    "opérations\\sen\\svirgule\\sflottante|paramètres",
    "operaciones\\sde\\scoma\\sflotante|parámetros",
    "operazioni\\sin\\svirgola\\smobile|parametri",
    "operações\\sde\\svírgula\\sflutuante|parâmetros",
];
