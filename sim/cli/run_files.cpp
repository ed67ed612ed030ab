#include "cli/run_files.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "cli/host_range.hpp"
#include "cli/summing_up.hpp"
#include "cli/terminal.hpp"
#include "demuxsim/core/text.hpp"
#include "demuxsim/picture/ladder.hpp"
#include "demuxsim/picture/page.hpp"
#include "demuxsim/report/line_text.hpp"
#include "demuxsim/report/wrap.hpp"
#include "scenario/diagnostic_text.hpp"

namespace demuxsim::cli {
namespace {

std::optional<LadderFormat> ladder_format(std::string_view path) {
  std::string ending(path.substr(path.size() - std::min<std::size_t>(path.size(), 4)));
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (ending == ".svg") return LadderFormat::svg;
  if (ending == ".txt") return LadderFormat::text;
  if (ending == ".mmd") return LadderFormat::mermaid;
  return std::nullopt;
}

/// Mermaid's maxTextSize, unless a page sets it.
constexpr std::size_t kMostOfMermaid = 50'000;

void warn_of_size(std::string_view diagram, std::string_view path) {
  const std::size_t characters = places(diagram);
  if (characters <= kMostOfMermaid) return;
  complain(
      fmt::format("warning: {} has {} characters, and Mermaid draws {} unless its maxTextSize "
                  "is set higher",
                  loading::quote(path), characters, kMostOfMermaid));
}

std::vector<std::vector<IpAddress>> addresses_of(const ScenarioSpec& spec) {
  std::vector<std::vector<IpAddress>> all;
  all.reserve(spec.host_count);
  for (const HostGroupSpec& group : spec.hosts) {
    for (std::uint32_t i = 0; i < group.count; ++i) {
      std::vector<IpAddress>& own = all.emplace_back();
      for (const IpAddress& first : group.addresses) own.push_back(first.plus(i).value());
    }
  }
  return all;
}

std::string section_comment(const ScenarioInput& input) {
  std::string text;
  append_name(text, std::filesystem::path(input.path).filename().string());
  if (!input.spec.title.empty()) {
    text += ": ";
    append_name(text, input.spec.title);
  }
  for (const auto& [name, value] : input.spec.params) {
    append_format(text, "; {}=", name);
    append_name(text, value);
  }
  append_format(text, "; seed {}; demuxsim " DEMUXSIM_VERSION, input.spec.seed);
  return text;
}

}  // namespace

std::optional<UsageError> conflict_in(const RunFileOptions& files) {
  if (!files.ladder.empty() && !ladder_format(files.ladder)) {
    return UsageError{fmt::format("--ladder: {} ends in none of .svg, .txt and .mmd",
                                  loading::quote(files.ladder)),
                      "the name says what kind of ladder to draw"};
  }
  if (files.pcap.empty() && (!files.pcap_host.empty() || files.pktap)) {
    return UsageError{
        fmt::format("--{} is of no use without --pcap", files.pktap ? "pcap-format" : "pcap-host"),
        "name the file to write: --pcap FILE.pcapng"};
  }
  return std::nullopt;
}

RunFiles::RunFiles(const Options& options, const ScenarioInput& input, ScenarioRun& run)
    : options_(options.files), absolute_seq_(options.absolute_seq), input_(input), run_(run) {
  const auto open = [](File& file, const std::string& path) {
    if (!path.empty()) file.emplace(path);
  };
  open(pcap_, options_.pcap);
  open(page_, options_.html);
  open(ladder_, options_.ladder);
  if (page_ || ladder_) story_.emplace();
}

Status RunFiles::attach() {
  for (const File* const file : {&pcap_, &page_, &ladder_}) {
    if (*file && !(*file)->is_open()) return Status::machine;
  }
  TraceRecorder& trace = run_.simulation().trace();
  if (story_) trace.attach(*story_, Story::kinds());
  if (!pcap_) return Status::ok;
  const auto hosts = hosts_named(input_.spec, options_.pcap_host);
  if (!hosts) {
    complain_of_usage(hosts.error());
    return Status::usage;
  }
  capture_.emplace(run_.directory(), addresses_of(input_.spec), pcap_->sink(),
                   CaptureOptions{{HostId{hosts->first}, hosts->count},
                                  !options_.pcap_host.empty(),
                                  options_.pktap,
                                  section_comment(input_),
                                  "demuxsim " DEMUXSIM_VERSION});
  trace.attach(*capture_, CaptureSink::kinds());
  return Status::ok;
}

SeenRun RunFiles::seen() {
  return {input_.spec,      run_,        *story_, results_of(run_.verdicts()),
          summary_of(run_), input_.path, {},      absolute_seq_};
}

Status RunFiles::write_ladder_file(Status status) {
  const LadderFormat format = *ladder_format(options_.ladder);
  if (format != LadderFormat::mermaid) {
    write_ladder(ladder_->sink(), seen(), format);
    return ladder_->finish(status);
  }
  std::string text;
  ByteSink sink(text);
  write_ladder(sink, seen(), format);
  sink.flush();
  ladder_->sink().append(text);
  const Status finished = ladder_->finish(status);
  if (finished == status) warn_of_size(text, options_.ladder);
  return finished;
}

Status RunFiles::finish(Status status) {
  if (capture_) {
    capture_->finish(run_.is_over());
    status = pcap_->finish(status);
  }
  if (story_) story_->finish();
  if (page_) {
    const SeenRun run = seen();
    write_page(page_->sink(), {&run, 1});
    status = page_->finish(status);
  }
  if (ladder_) {
    status = write_ladder_file(status);
  }
  return status;
}

}  // namespace demuxsim::cli
