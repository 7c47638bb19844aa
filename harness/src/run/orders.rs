//! What a scenario has ordered, with its lines, so that what never happened can be named.

use super::Unmet;

/// The orders given so far.
#[derive(Debug, Default)]
pub(super) struct Orders(Vec<Order>);

#[derive(Debug)]
struct Order {
    line: usize,
    /// As the scenario says it.
    text: String,
    /// As whoever carries it out calls it: with real names in place of symbolic ones.
    known_as: String,
}

impl Orders {
    /// A line of the scenario orders something.
    pub(super) fn give(&mut self, line: usize, text: &str, known_as: String) {
        self.0.push(Order {
            line,
            text: text.to_owned(),
            known_as,
        });
    }

    /// Takes back an order that came to nothing, the last of those that read alike.
    pub(super) fn take_unfired(&mut self, known_as: &str) -> Unmet {
        let at = self.0.iter().rposition(|order| order.known_as == known_as);
        let order = at.map(|at| self.0.remove(at));
        order.map_or_else(
            || Unmet {
                line: 0,
                text: known_as.to_owned(),
            },
            |order| Unmet {
                line: order.line,
                text: order.text,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::run::{Unmet, run};
    use crate::scenario::{Vocabulary, parse};
    use crate::subject::builtin::Builtin;

    fn unfired(body: &str) -> Vec<(usize, String)> {
        let text = format!("keywheel scenario 1\n{body}");
        let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
        let told = |unmet: Unmet| (unmet.line, unmet.text);
        run(&scenario, &Builtin)
            .unfired
            .into_iter()
            .map(told)
            .collect()
    }

    #[test]
    fn every_order_that_came_to_nothing_is_named_by_its_line_and_as_it_was_written() {
        let orders = [
            "fault setSecret/CreateApiKey#1 reset where id=k0",
            "at setSecret/CreateApiKey#1 admin delete-key current",
            "double testSecret at-once",
            "skip testSecret",
            "turns ab",
        ];
        for order in orders {
            let found = unfired(&format!("advance 1h\n{order}\nadvance 1h\n"));
            assert_eq!(found, [(3, order.to_owned())]);
        }
    }

    #[test]
    fn of_two_orders_that_read_alike_the_later_one_is_left() {
        let fault = "fault createSecret/CreateApiKey#1 reset\n";
        let found = unfired(&format!("{fault}rotate\n{fault}"));
        let lines: Vec<usize> = found.into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [4]);
    }
}
