//! The pictures that can be taken away.

use super::endpoints::{
    BASE, CODE, COLUMNS, DAY, DIMENSION, Endpoint, GAPS_DIMENSION, GROUP, ID, LEVEL, Parameter, ROWS, STACK,
    UNIT, VERSUS,
};

const SVG: &str = "image/svg+xml";
/// What every picture says.
const HOLDS: &str =
    "one picture with title, set in words, denominators, day, run and source inside, without links";
const CHART: Parameter = Parameter {
    name: "chart",
    place: "query",
    about: "heat, bars, multiples, timeline or table",
    example: "bars",
};
const NAME: Parameter =
    Parameter { name: "name", place: "path", about: "its name as the list beside it writes it", example: "" };

const fn picture(path: &'static str, summary: &'static str, parameters: &'static [Parameter]) -> Endpoint {
    Endpoint { path, summary, parameters, filtered: false, answers: SVG, holds: HOLDS }
}

/// Every picture of the site as a file, beside the page that shows it.
pub const PICTURES: &[Endpoint] = &[
    Endpoint {
        filtered: true,
        ..picture(
            "/explore.svg",
            "Any chart of two or three fields or dimensions",
            &[ROWS, COLUMNS, STACK, CHART, LEVEL, UNIT, BASE, GROUP],
        )
    },
    Endpoint {
        filtered: true,
        ..picture("/gaps.svg", "The codes of a set with bars and verdicts", &[DAY, GAPS_DIMENSION, VERSUS])
    },
    Endpoint {
        filtered: true,
        ..picture("/gaps/places.svg", "The same codes by jurisdiction", &[DAY, GAPS_DIMENSION])
    },
    picture("/overview/years.svg", "Documents by the year of their most recent dated event", &[]),
    picture("/codes/{dimension}.svg", "How often the codes of a dimension are found", &[DIMENSION]),
    picture(
        "/codes/{dimension}/{code}.svg",
        "How often a code is found, by jurisdiction",
        &[DIMENSION, CODE],
    ),
    Endpoint {
        filtered: true,
        ..picture("/actors/flow.svg", "Types of actors from proposer to target", &[])
    },
    Endpoint {
        filtered: true,
        ..picture(
            "/actors/duties.svg",
            "Who must do something about what: passages by type of target and code",
            &[],
        )
    },
    picture("/documents/{id}/relations.svg", "A document and its neighbours", &[ID]),
    picture("/domains.svg", "Documents that speak to any code of each domain", &[]),
    picture("/domains/{name}.svg", "How often the codes of a domain are found", &[NAME]),
    picture("/jurisdictions.svg", "Documents by jurisdiction", &[]),
    picture("/jurisdictions/{name}.svg", "How often codes are found in a jurisdiction", &[NAME]),
    picture("/authorities.svg", "Documents by authority", &[]),
    picture("/authorities/{name}.svg", "How often codes are found in the texts of an authority", &[NAME]),
    picture("/collections.svg", "Documents by collection", &[]),
    picture("/collections/{name}.svg", "How often codes are found in a collection", &[NAME]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::explore;

    #[test]
    fn every_parameter_of_a_chart_is_told() {
        let asked = explore::Asked {
            stack: "form".to_owned(),
            chart: explore::Chart::Bars,
            good: true,
            unit: lacuna_store::catalogue::Unit::Texts,
            base: lacuna_pipeline::analyze::crosstab::Base::Row,
            group: "2".to_owned(),
            ..explore::Asked::new("risk", "jurisdiction", explore::Chart::Heat)
        };
        let endpoint = PICTURES.iter().find(|endpoint| endpoint.path == "/explore.svg").unwrap();
        let told: Vec<&str> = endpoint.parameters.iter().map(|p| p.name).collect();
        for (name, _) in asked.own() {
            assert!(told.contains(&name.as_str()), "{name} is not among {told:?}");
        }
    }
}
