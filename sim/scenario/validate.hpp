// What can only be judged with the whole scenario at hand.
#pragma once

#include "scenario/decode_draft.hpp"

namespace demuxsim::loading {

/// Everything below, in turn.
void validate(Draft& draft);

/// Listeners of one host that would take each other's port.
void validate_listeners(Draft& draft);
/// Steps against each other: sockets that are used before they are made, ends they do not have.
void validate_steps(Draft& draft);
/// Hosts without a link, and callers without a way to whom they call.
void validate_network(Draft& draft);

}  // namespace demuxsim::loading
