// A program that knows demuxsim only as installed: it includes a header, links and runs.

#include <cstdio>

#include "demuxsim/core/random.hpp"

int main() {
  demuxsim::Rng rng(42, {demuxsim::StreamKind::test});
  const auto roll = rng.below(6);
  std::printf("%llu\n", static_cast<unsigned long long>(roll));
  return roll < 6 ? 0 : 1;
}
