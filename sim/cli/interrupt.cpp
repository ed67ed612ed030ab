#include "cli/interrupt.hpp"

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace demuxsim::cli {
namespace {

// A signal handler has nothing else to write to.
std::atomic<int> noted_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int signal) { noted_signal.store(signal); }

}  // namespace

void note_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler == SIG_IGN) continue;
    struct sigaction noting {};
    noting.sa_handler = note_signal;
    noting.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    ::sigaction(signal, &noting, nullptr);
  }
}

int interrupt() { return noted_signal.load(); }

}  // namespace demuxsim::cli
