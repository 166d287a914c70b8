//! Ridge regression by Cholesky factors, in double precision and fixed order.

/// Weights of `rows` (all of one length) on `targets` under penalty `alpha`, the constant last and not penalised.
pub(crate) fn ridge(rows: &[&[f32]], targets: &[f32], alpha: f64) -> Vec<f32> {
    let width = rows.first().map_or(0, |r| r.len());
    let size = width + 1;
    let mut normal = vec![0.0_f64; size * size];
    let mut right = vec![0.0_f64; size];
    let mut full = vec![1.0_f64; size];
    for (row, target) in rows.iter().zip(targets) {
        for (to, from) in full.iter_mut().zip(*row) {
            *to = f64::from(*from);
        }
        for i in 0..size {
            right[i] += full[i] * f64::from(*target);
            for j in 0..=i {
                normal[i * size + j] += full[i] * full[j];
            }
        }
    }
    for i in 0..size {
        normal[i * size + i] += if i < width { alpha } else { 1e-6 };
    }
    solve(&mut normal, &mut right, size);
    right.into_iter().map(|w| w as f32).collect()
}

/// Solves in place for a symmetric positive matrix given by its lower half.
fn solve(matrix: &mut [f64], right: &mut [f64], size: usize) {
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| matrix[i * size + k] * matrix[j * size + k]).sum();
            let rest = matrix[i * size + j] - sum;
            matrix[i * size + j] = if i == j { rest.max(1e-9).sqrt() } else { rest / matrix[j * size + j] };
        }
    }
    for i in 0..size {
        let sum: f64 = (0..i).map(|k| matrix[i * size + k] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * size + i];
    }
    for i in (0..size).rev() {
        let sum: f64 = (i + 1..size).map(|k| matrix[k * size + i] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * size + i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        let rows: Vec<Vec<f32>> = (0..20_u8).map(|i| vec![f32::from(i), f32::from(i % 3)]).collect();
        let targets: Vec<f32> = rows.iter().map(|r| 2.0 * r[0] - r[1] + 5.0).collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let weights = ridge(&rows, &targets, 1e-6);
        for (found, wanted) in weights.iter().zip([2.0, -1.0, 5.0]) {
            assert!((found - wanted).abs() < 1e-3, "{weights:?}");
        }
    }
}
