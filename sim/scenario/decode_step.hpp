// The parts that steps of a timeline are made of.
#pragma once

#include <span>
#include <string_view>

#include "scenario/decode_draft.hpp"
#include "scenario/decode_record.hpp"

namespace demuxsim::loading {

/// The keys that name what a step does, in the order of StepAction.
std::span<const std::string_view> action_keys();

/// What a step of this kind is called, and the keys it may have besides those of every step.
struct StepForm {
  std::string_view what;  ///< "a 'send' step"
  std::span<const std::string_view> keys;
};
StepForm form_of(StepAction action);

/// Reads what is particular to the step's action from its value. False where too much is missing
/// for the step to be looked at further.
bool decode_action(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft);

/// `inject`.
bool decode_inject(const Record& record, const ValueNode& value, StepSpec& step, Draft& draft);

/// `link` of a step with `down` or `up`: web, or [web, core].
bool decode_link_choice(const Record& record, StepSpec& step, Draft& draft);
/// `partition`: [[alice, bob], web].
bool decode_partition(const ValueNode& value, StepSpec& step, Draft& draft);

/// One flag or a list of them, as bits.
std::optional<std::uint8_t> decode_flags(const ValueNode& node, DiagnosticCollector& diagnostics);

}  // namespace demuxsim::loading
