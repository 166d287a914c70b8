//! The addresses under `/api/v1`, as readers and programs are told about them. A test asks every one of them.

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// `path` or `query`.
    pub place: &'static str,
    /// What it takes.
    pub about: &'static str,
    /// A value that works on the built-in samples or anywhere.
    pub example: &'static str,
}

/// An address.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// What it answers.
    pub summary: &'static str,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Whether the parameters of a filter are taken too.
    pub filtered: bool,
    /// Media type of the answer.
    pub answers: &'static str,
    /// What the answer holds.
    pub holds: &'static str,
}

pub(super) const ID: Parameter = Parameter {
    name: "id",
    place: "path",
    about: "document id, such as agora:1831; a slash in it is written %2F",
    example: "agora:1831",
};
const VERSION: Parameter =
    Parameter { name: "v", place: "query", about: "number of a version; default: the latest", example: "1" };
const RUN: Parameter = Parameter {
    name: "run",
    place: "query",
    about: "at least 6 first digits of a run's id; default: the run that is shown",
    example: "",
};
pub(super) const DAY: Parameter = Parameter {
    name: "on",
    place: "query",
    about: "day on which documents must be in force; default: today",
    example: "2025-06-01",
};
pub(super) const GAPS_DIMENSION: Parameter = Parameter {
    name: "dimension",
    place: "query",
    about: "dimension whose codes are asked for; default: the first",
    example: "risk",
};
pub(super) const VERSUS: Parameter = Parameter {
    name: "vs",
    place: "query",
    about: "another set as an encoded filter, or all",
    example: "all",
};
pub(super) const ROWS: Parameter = Parameter {
    name: "rows",
    place: "query",
    about: "a field, column.NAME (an own column of the catalogue), year, a dimension, risk/2.2 (levels of a code) or actor/target/types",
    example: "risk",
};
pub(super) const COLUMNS: Parameter = Parameter {
    name: "columns",
    place: "query",
    about: "as rows; none: one count a row",
    example: "jurisdiction",
};
pub(super) const STACK: Parameter =
    Parameter { name: "stack", place: "query", about: "as rows; one table for each value", example: "" };
pub(super) const LEVEL: Parameter =
    Parameter { name: "level", place: "query", about: "any, or good: the highest only", example: "good" };
pub(super) const UNIT: Parameter = Parameter {
    name: "unit",
    place: "query",
    about: "documents, or texts: identical texts once",
    example: "texts",
};
pub(super) const BASE: Parameter = Parameter {
    name: "of",
    place: "query",
    about: "what shares are of: text, row, column or all",
    example: "row",
};
pub(super) const GROUP: Parameter = Parameter {
    name: "group",
    place: "query",
    about: "id of a group of codes: of a dimension on the rows only its codes",
    example: "2",
};
pub(super) const DIMENSION: Parameter =
    Parameter { name: "dimension", place: "path", about: "id of a dimension", example: "risk" };
pub(super) const CODE: Parameter =
    Parameter { name: "code", place: "path", about: "id of a code", example: "2.2" };

/// Parameters of a filter, taken by every endpoint that is filtered.
pub const FILTER: &[Parameter] = &[
    Parameter {
        name: "q",
        place: "query",
        about: "words; AND, OR, NOT, \"a phrase\", word*",
        example: "audit",
    },
    Parameter {
        name: "authority",
        place: "query",
        about: "issuing authority as catalogued, or (none)",
        example: "",
    },
    Parameter {
        name: "parent_authority",
        place: "query",
        about: "authority above the issuing one, as catalogued",
        example: "",
    },
    Parameter {
        name: "jurisdiction",
        place: "query",
        about: "jurisdiction as catalogued, or (none)",
        example: "",
    },
    Parameter { name: "collection", place: "query", about: "collection as catalogued", example: "" },
    Parameter {
        name: "enactment",
        place: "query",
        about: "proposed, adopted, not_yet_in_force, in_force, superseded, revoked, defunct, unknown",
        example: "adopted",
    },
    Parameter {
        name: "on",
        place: "query",
        about: "a day: enactment states are those of that day, and what came later is left out",
        example: "2024-06-01",
    },
    Parameter {
        name: "binding",
        place: "query",
        about: "a day: hard law by its text, and in force on it",
        example: "2024-06-01",
    },
    Parameter {
        name: "standing",
        place: "query",
        about: "a day: there on it, and not defunct",
        example: "2024-06-01",
    },
    Parameter {
        name: "adopted",
        place: "query",
        about: "a day, month, year or range such as 2024-06, 2024..2025-06, 2024.. or (none); so too introduced, in_force, applies_from, ended, sunset, retrieved",
        example: "2024..",
    },
    Parameter {
        name: "language",
        place: "query",
        about: "ISO 639-1 code of the text's language",
        example: "en",
    },
    Parameter { name: "applies_to", place: "query", about: "whom it applies to, as catalogued", example: "" },
    Parameter {
        name: "source",
        place: "query",
        about: "the part of a document id before the colon",
        example: "",
    },
    Parameter { name: "tag", place: "query", about: "tag of the source, as catalogued", example: "" },
    Parameter { name: "licence", place: "query", about: "terms of use as catalogued", example: "" },
    Parameter {
        name: "column.NAME",
        place: "query",
        about: "a value of the catalogue's own column of this name, such as column.Validated%3F=True, or (none)",
        example: "",
    },
    Parameter {
        name: "coded",
        place: "query",
        about: "yes or no; so too reviewed, fiction, unreviewed_machine_output",
        example: "yes",
    },
    Parameter {
        name: "year",
        place: "query",
        about: "year of the most recent dated event: 2024, 2021-2024, 2021-, -2024, (none)",
        example: "2024",
    },
    Parameter {
        name: "risk",
        place: "query",
        about: "a code (2.2: found; 2.2:0: not found; 2.2:3: exactly that level; 2.2:2-3: a range); every dimension of the codebook is such a parameter",
        example: "2.2:3",
    },
    Parameter {
        name: "form",
        place: "query",
        about: "hard_law, soft_law, other, undetermined",
        example: "hard_law",
    },
    Parameter {
        name: "sort",
        place: "query",
        about: "relevance, newest, oldest, title, coverage, id",
        example: "newest",
    },
    Parameter {
        name: "page",
        place: "query",
        about: "from 1; without page and per everything is answered",
        example: "1",
    },
    Parameter { name: "per", place: "query", about: "documents a page, 1 to 500", example: "25" },
];

const JSON: &str = "application/json";

/// Every address under `/api/v1`.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        path: "/api/v1/overview",
        summary: "What the corpus covers",
        parameters: &[],
        filtered: false,
        answers: JSON,
        holds: "provenance; coverage: counts of every code with their denominator; fields; years; newest documents",
    },
    Endpoint {
        path: "/api/v1/documents",
        summary: "Documents that pass a filter, all of them",
        parameters: &[],
        filtered: true,
        answers: JSON,
        holds: "provenance; total; coded; rows with catalogue facts, levels and, with words, the best passages",
    },
    Endpoint {
        path: "/api/v1/gaps",
        summary: "Which codes a set of documents leaves open on a day",
        parameters: &[DAY, GAPS_DIMENSION, VERSUS],
        filtered: true,
        answers: JSON,
        holds: "provenance; on; documents; classified; standing; binding; rows with verdict and counts; matrix by jurisdiction",
    },
    Endpoint {
        path: "/api/v1/explore",
        summary: "Two or three fields or dimensions crossed",
        parameters: &[ROWS, COLUMNS, STACK, LEVEL, UNIT, BASE, GROUP],
        filtered: true,
        answers: JSON,
        holds: "provenance; figure with rows, columns and panels of cells, each with count and denominator",
    },
    Endpoint {
        path: "/api/v1/documents/{id}",
        summary: "Everything known and said of one document",
        parameters: &[ID, VERSION, RUN],
        filtered: false,
        answers: JSON,
        holds: "catalogue facts; version; dimensions with labels found (level, confidence, reasoning, quotes with code-point offsets) and not found; roles; claims that fell; labels from elsewhere; versions; duplicates",
    },
    Endpoint {
        path: "/api/v1/documents/{id}/text",
        summary: "The text in passages, with its evidence marked",
        parameters: &[
            ID,
            Parameter {
                name: "code",
                place: "query",
                about: "dimension/code whose evidence is marked; default: all",
                example: "risk/2.2",
            },
            VERSION,
            RUN,
        ],
        filtered: false,
        answers: JSON,
        holds: "version; outline; marks; blocks, one per passage",
    },
    Endpoint {
        path: "/api/v1/judgements",
        summary: "Every label of the documents that pass a filter, negative ones included",
        parameters: &[RUN],
        filtered: true,
        answers: "application/jsonl",
        holds: "one line per document, dimension and code, and per actor role and entity; the columns of the export",
    },
    Endpoint {
        path: "/api/v1/codes",
        summary: "The codebook, with counts",
        parameters: &[],
        filtered: false,
        answers: JSON,
        holds: "codebook; coverage of every dimension; other codebooks of the store",
    },
    Endpoint {
        path: "/api/v1/codes/{dimension}",
        summary: "One dimension: question, rules, scale, codes, counts",
        parameters: &[DIMENSION],
        filtered: false,
        answers: JSON,
        holds: "rules; levels; codes; coverage",
    },
    Endpoint {
        path: "/api/v1/codes/{dimension}/{code}",
        summary: "One code: rules, documents at each level, best quotes, jurisdictions",
        parameters: &[DIMENSION, CODE],
        filtered: false,
        answers: JSON,
        holds: "definition; include; exclude; boundary; levels; quotes; places",
    },
    Endpoint {
        path: "/api/v1/agreement",
        summary: "How far labellers agree, as measured last",
        parameters: &[],
        filtered: false,
        answers: "application/json",
        holds: "people beside people and machines beside people: statistics by dimension; with a and b (first digits of \
                two runs) one pair code by code",
    },
    Endpoint {
        path: "/api/v1/runs",
        summary: "Every run with its counts",
        parameters: &[],
        filtered: false,
        answers: JSON,
        holds: "runs",
    },
    Endpoint {
        path: "/api/v1/runs/{id}",
        summary: "One run: configuration, counts, what failed, which claims fell",
        parameters: &[Parameter {
            name: "id",
            place: "path",
            about: "at least 6 first digits of its id",
            example: "",
        }],
        filtered: false,
        answers: JSON,
        holds: "config; counts; left_out; fell",
    },
];

#[cfg(test)]
mod tests {
    use lacuna_domain::{Codebook, Filter};

    use super::*;

    #[test]
    fn every_parameter_of_a_filter_is_told() {
        let codebook = Codebook::parse(crate::sample::CODEBOOK).unwrap();
        let refused = Filter::parse_query("colour=red", &codebook).unwrap_err();
        let words = |text: &'static str| text.split([' ', ',', ';', ':']);
        let told =
            |name: &str| FILTER.iter().any(|p| p.name == name || words(p.about).any(|word| word == name));
        let of_filters = refused.allowed.iter().filter(|name| codebook.dimension_at(name).is_none());
        let untold: Vec<&String> = of_filters.filter(|name| !told(name)).collect();
        assert!(untold.is_empty(), "{untold:?}");
        let named = |name: &str| FILTER.iter().any(|p| p.name == name);
        assert!(named("binding") && named("standing"));
    }
}
