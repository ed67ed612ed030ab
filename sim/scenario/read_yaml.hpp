// From bytes to a tree: the strict subset of YAML that a scenario is written in.
#pragma once

#include <optional>

#include "demuxsim/scenario/source.hpp"
#include "scenario/diagnostic_collector.hpp"
#include "scenario/value.hpp"

namespace demuxsim::loading {

/// Deeper nesting is refused, before it can use up the stack.
inline constexpr std::size_t kDeepestNesting = 64;

/// The tree, or nothing where the text is no YAML at all. Repeated keys, anchors, aliases, tags,
/// merge keys and further documents are complained about; the tree then holds what can be read.
std::optional<ValueNode> read_yaml(const SourceFile& source, DiagnosticCollector& diagnostics);

}  // namespace demuxsim::loading
