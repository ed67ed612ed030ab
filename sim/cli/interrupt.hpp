// Ctrl-C and its like as a question that a long run asks itself now and then.
#pragma once

namespace demuxsim::cli {

/// From here on SIGINT, SIGTERM and SIGHUP are noted, those that were not ignored before; the
/// second one ends the program at once.
void note_interrupts();

/// The signal that came, or 0.
int interrupt();

}  // namespace demuxsim::cli
