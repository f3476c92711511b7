// The same model in Stan: one vector of unknowns on the library's unconstrained scale, data as in `Arrays`.
data {
  int size; int n; int months; int latents; int edges; int baselines; int effects; int indicators; int gaps;
  int smooths; int jumps; int errors; int rows; int cells; int spokens;
  vector[size] prior_mean; vector<lower=0>[size] prior_sd;
  int at_half_life; int at_weight; int at_own; int at_baseline; int at_effect; int at_start; int at_loading;
  int at_error; int at_gap; int at_smooth; int at_jump; int at_anchor;
  array[n] int shock_at; array[n] int shock_step; array[latents] int latent;
  vector[edges] sign; vector[latents] start_mean; matrix[latents, latents] start_root;
  array[baselines] int baseline; array[effects] int effect_factor; matrix[months, effects] effect_active;
  array[months, n] int clamped; matrix[months, n] given;
  array[n + 1] int edge_start; array[edges] int edge_parent; array[edges] int edge_lag;
  array[indicators] int measured; vector[indicators] polarity; array[indicators] int error_of;
  array[indicators + 1] int gap_start; array[indicators + 1] int spoken_start;
  array[spokens] int spoken_month; vector[spokens] spoken_share;
  array[rows] int row_family; array[rows] int row_indicator; vector[rows] row_value; vector[rows] row_se;
  vector[rows] row_grade; array[rows + 1] int cell_start; array[cells] int cell_month; vector[cells] cell_share;
}
transformed data {
  real unit = sqrt(0.5);
  array[rows] int whole;
  for (r in 1:rows) {
    whole[r] = 0;
    if (row_family[r] == 2 || row_family[r] == 4 || row_family[r] == 5) {
      while (whole[r] + 0.5 < row_value[r]) whole[r] += 1;
    }
  }
}
parameters {
  vector[size] z;
}
model {
  int plain = at_anchor - smooths - jumps;
  z[1:plain] ~ normal(prior_mean[1:plain], prior_sd[1:plain]);
  z[(at_smooth + 1):(at_smooth + smooths)] ~ std_normal();
  z[(at_jump + 1):(at_jump + jumps)] ~ student_t(4, 0, unit);

  array[months] vector[n] level;
  {
    vector[latents] half_life = exp(segment(z, at_half_life + 1, latents));
    vector[latents] half = exp2(-inv(half_life));
    vector[latents] own = exp(segment(z, at_own + 1, latents)) .* sqrt(1 - square(half));
    vector[edges] weight = sign .* exp(segment(z, at_weight + 1, edges));
    vector[latents] begin = start_mean + start_root * segment(z, at_start + 1, latents);
    vector[n] phi = rep_vector(0.5, n);
    vector[n] spread = rep_vector(0, n);
    vector[n] inflow;
    array[months] vector[n] drive = rep_array(rep_vector(0, n), months);
    phi[latent] = half;
    spread[latent] = own;
    inflow = 1 - phi;
    for (b in 1:baselines) for (t in 1:months) drive[t, baseline[b]] = z[at_baseline + b];
    for (e in 1:effects) for (t in 1:months) if (effect_active[t, e] != 0)
      drive[t, effect_factor[e]] += effect_active[t, e] * z[at_effect + e];
    level[1] = given[1]';
    level[1][latent] = begin;
    for (t in 2:months) for (j in 1:n) {
      if (clamped[t, j]) {
        level[t, j] = given[t, j];
      } else {
        real pull = drive[t, j];
        for (e in edge_start[j]:(edge_start[j + 1] - 1))
          pull += weight[e] * level[max(t - edge_lag[e], 1), edge_parent[e]];
        level[t, j] = phi[j] * level[t - 1, j] + inflow[j] * pull
                      + spread[j] * z[shock_at[j] + (t - 2) * shock_step[j]];
      }
    }
  }

  vector[indicators] slope = polarity .* exp(segment(z, at_loading + 1, indicators));
  vector[indicators] shift = rep_vector(0, indicators);
  for (k in 1:indicators) {
    for (s in spoken_start[k]:(spoken_start[k + 1] - 1))
      shift[k] += spoken_share[s] * level[spoken_month[s], measured[k]];
  }
  shift = slope .* shift;
  vector[indicators] reference = segment(z, at_anchor + 1, indicators) - shift;
  reference ~ normal(segment(prior_mean, at_anchor + 1, indicators), segment(prior_sd, at_anchor + 1, indicators));
  vector[errors] spreads = exp(segment(z, at_error + 1, errors));
  vector[gaps] widths = exp(segment(z, at_gap + 1, gaps));

  for (r in 1:rows) {
    int k = row_indicator[r];
    int family = row_family[r];
    int first = cell_start[r];
    int number = cell_start[r + 1] - first;
    vector[number] share = segment(cell_share, first, number);
    vector[number] natural;
    for (c in 1:number) natural[c] = level[cell_month[first + c - 1], measured[k]];
    natural = reference[k] + slope[k] * natural;
    if (family == 1 || family == 2) natural = exp(natural);
    if (family == 3 || family == 5) natural = inv_logit(natural);
    real mean = dot_product(share, natural);
    if (family == 5) {
      whole[r] ~ bernoulli_logit(logit(mean) / row_grade[r]);
    } else if (family == 4) {
      int cuts = gap_start[k + 1] - gap_start[k] + 1;
      real cut = 0;
      real low = -40;
      real high = 40;
      for (g in 0:(cuts - 1)) {
        if (g > 0) cut += widths[gap_start[k] + g - 1];
        if (g == whole[r] - 1) low = (cut - mean) / row_grade[r];
        if (g == whole[r]) high = (cut - mean) / row_grade[r];
      }
      if (low + high > 0) {
        real held = low;
        low = -high;
        high = -held;
      }
      target += log_diff_exp(std_normal_lcdf(high |), std_normal_lcdf(low |));
    } else {
      real error = spreads[error_of[k]] * row_grade[r];
      if (family == 2) error *= sqrt(dot_product(share, square(natural))) / mean;
      if (row_se[r] > 0) error = hypot(error, row_se[r]);
      if (family == 0) row_value[r] ~ normal(mean, error);
      else if (family == 1) row_value[r] ~ lognormal(log(mean), error);
      else if (family == 2) whole[r] ~ neg_binomial_2(mean, inv_square(error));
      else logit(row_value[r]) ~ normal(logit(mean), error);
    }
  }
}
