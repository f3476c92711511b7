// Gradients and NUTS draws of a compiled Stan model, called in place.
#include <stan/callbacks/interrupt.hpp>
#include <stan/callbacks/logger.hpp>
#include <stan/callbacks/writer.hpp>
#include <stan/io/array_var_context.hpp>
#include <stan/io/json/json_data.hpp>
#include <stan/model/log_prob_grad.hpp>
#include <stan/services/sample/hmc_nuts_diag_e_adapt.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include MODEL

// Keeps the unknowns of every draw, which stand after the sampler's own columns.
class Keeper : public stan::callbacks::writer {
 public:
  Keeper(double *next, size_t size) : next_(next), size_(size) {}
  void operator()(const std::vector<double> &state) override {
    next_ = std::copy(state.end() - size_, state.end(), next_);
  }
  using stan::callbacks::writer::operator();

 private:
  double *next_;
  size_t size_;
};

extern "C" {
void *open_model(const char *path) {
  std::ifstream file(path);
  stan::json::json_data data(file);
  return &new_model(data, 1, &std::cerr);
}

// Gradients at `count` points of `size` unknowns; returns seconds for all, the last value and gradient through pointers.
double gradients(void *model, const double *points, int count, int size, double *value, double *gradient) {
  auto &known = *static_cast<stan::model::model_base *>(model);
  std::vector<int> none;
  std::vector<double> result(size);
  auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    std::vector<double> point(points + i * size, points + (i + 1) * size);
    *value = stan::model::log_prob_grad<true, true>(known, point, none, result, &std::cerr);
  }
  std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  std::copy(result.begin(), result.end(), gradient);
  return passed.count();
}

// One chain; its draws go to `result`, shape (draws, size). Settings not given are Stan's own defaults.
int sample(void *model, const double *start, int size, int seed, int chain, int tune, int draws, double delta,
           double *result) {
  stan::math::ChainableStack thread;
  stan::io::array_var_context init({"z"}, std::vector<double>(start, start + size),
                                   std::vector<std::vector<size_t>>{{static_cast<size_t>(size)}});
  stan::callbacks::interrupt interrupt;
  stan::callbacks::logger logger;
  stan::callbacks::writer quiet;
  Keeper keeper(result, size);
  return stan::services::sample::hmc_nuts_diag_e_adapt(
      *static_cast<stan::model::model_base *>(model), init, seed, chain, 2.0, tune, draws, 1, false, 0, 1.0, 0.0, 10,
      delta, 0.05, 0.75, 10.0, 75, 50, 25, interrupt, logger, quiet, keeper, quiet);
}
}
