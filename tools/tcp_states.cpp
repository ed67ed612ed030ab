// Prints the state transitions of TCP as a graph: tcp_states | dot -Tsvg > tcp_states.svg
#include <cstdio>

#include "demuxsim/tcp/transitions.hpp"

int main() {
  const std::string dot = demuxsim::transitions_as_dot();
  return std::fwrite(dot.data(), 1, dot.size(), stdout) == dot.size() ? 0 : 1;
}
