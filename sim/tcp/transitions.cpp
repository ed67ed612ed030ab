#include "demuxsim/tcp/transitions.hpp"

namespace demuxsim {

std::string transitions_as_dot() {
  std::string dot = "digraph tcp {\n  rankdir=TB;\n  node [shape=box];\n";
  for (const Transition& each : kTransitions) {
    dot += "  \"";
    dot += name_of(each.from);
    dot += "\" -> \"";
    dot += name_of(each.to);
    dot += "\" [label=\"";
    dot += name_of(each.event);
    dot += "\\n";
    dot += each.section;
    dot += "\"];\n";
  }
  return dot + "}\n";
}

}  // namespace demuxsim
