//! The trained weights and their bytes.

use super::linear::Linear;
use super::trees::{Forest, take};
use super::wording::BUCKETS;

const MAGIC: [u8; 8] = *b"LACACT01";

/// When a scored name is taken for a role.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rule {
    /// A role is filled when its presence is at least this probable.
    pub(super) presence: f32,
    /// Names after the first need this probability …
    pub(super) rest: f32,
    /// … and this share of the first one's.
    pub(super) relative: f32,
    /// A type is given from this probability; the likeliest is given in any case.
    pub(super) types: f32,
}

/// Scorers of one role.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RoleWeights {
    pub(super) role: String,
    pub(super) linear: Linear,
    pub(super) names: Forest,
    pub(super) presence: Forest,
    /// One per actor type, in the order of [`Weights::types`].
    pub(super) types: Vec<Forest>,
    pub(super) rule: Rule,
}

/// Everything that training learns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    pub(super) types: Vec<String>,
    pub(super) roles: Vec<RoleWeights>,
}

impl Weights {
    /// Little-endian bytes: magic, type ids, then per role its id, linear weights, forests and rule.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(self.types.len() as u8);
        self.types.iter().for_each(|t| write_text(t, &mut bytes));
        bytes.push(self.roles.len() as u8);
        for role in &self.roles {
            write_text(&role.role, &mut bytes);
            bytes.extend(role.linear.bias.to_le_bytes());
            bytes.extend(role.linear.scale.to_le_bytes());
            bytes.extend(role.linear.weights.iter().map(|w| w.to_le_bytes()[0]));
            role.names.write(&mut bytes);
            role.presence.write(&mut bytes);
            role.types.iter().for_each(|f| f.write(&mut bytes));
            for value in [role.rule.presence, role.rule.rest, role.rule.relative, role.rule.types] {
                bytes.extend(value.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads what [`Weights::to_bytes`] wrote; `None` when the bytes are something else or cut short.
    pub(super) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        if take::<8>(bytes)? != MAGIC {
            return None;
        }
        let count = take::<1>(bytes)?[0];
        let types: Vec<String> = (0..count).map(|_| read_text(bytes)).collect::<Option<_>>()?;
        let count = take::<1>(bytes)?[0];
        let roles = (0..count).map(|_| read_role(bytes, types.len())).collect::<Option<_>>()?;
        bytes.is_empty().then_some(Self { types, roles })
    }
}

fn read_role(bytes: &mut &[u8], types: usize) -> Option<RoleWeights> {
    let id = read_text(bytes)?;
    let bias = read_number(bytes)?;
    let scale = read_number(bytes)?;
    let (weights, rest) = bytes.split_at_checked(BUCKETS)?;
    let weights = weights.iter().map(|b| i8::from_le_bytes([*b])).collect();
    *bytes = rest;
    let names = Forest::read(bytes)?;
    let presence = Forest::read(bytes)?;
    let types = (0..types).map(|_| Forest::read(bytes)).collect::<Option<_>>()?;
    let rule = Rule {
        presence: read_number(bytes)?,
        rest: read_number(bytes)?,
        relative: read_number(bytes)?,
        types: read_number(bytes)?,
    };
    Some(RoleWeights { role: id, linear: Linear { bias, scale, weights }, names, presence, types, rule })
}

fn read_number(bytes: &mut &[u8]) -> Option<f32> {
    take(bytes).map(f32::from_le_bytes)
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(text.len() as u8);
    bytes.extend(text.as_bytes());
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take::<1>(bytes)?[0];
    let (text, rest) = bytes.split_at_checked(usize::from(length))?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}
