#include "demuxsim/report/explain.hpp"

#include "demuxsim/core/text.hpp"
#include "demuxsim/report/line_text.hpp"

namespace demuxsim {

void ExplainSink::consume(std::span<const TraceRecord> records) {
  for (const TraceRecord& record : records) {
    book_.note(record);
    if (record.kind == TraceKind::probe) probes_.push_back(record);
    if (record.kind == TraceKind::demux) lookup(record);
    if (record.kind == TraceKind::state) changed(record);
    if (record.kind == TraceKind::segment_dropped) dropped(record);
  }
  out_.append(text_);
  text_.clear();
}

void ExplainSink::headline(const TraceRecord& record) {
  if (started_) text_ += '\n';
  started_ = true;
  explained_id_ = record.segment.id;
  explained_.reset();
  append_time(text_, record.at);
  text_ += "  ";
  append_name(text_, directory_.host(record.host));
  append_format(text_, "  #{}  ", record.segment.id);
  append_segment(text_, options_.absolute_seq ? record.segment : book_.relative(record.segment),
                 false);
  append_format(text_, "\n  {}\n", purpose_of(record.segment));
}

void ExplainSink::dropped(const TraceRecord& record) {
  // A host may look up a segment and then drop it; that belongs to the same paragraph.
  const bool continues = explained_id_ == record.segment.id && record.segment.id != 0;
  if (!continues) headline(record);
  append_format(text_, "  => {} ({}): {}.\n", continues ? "But then it is dropped" : "Dropped",
                name_of(record.reason), words_of(record.reason));
}

void ExplainSink::lookup(const TraceRecord& record) {
  // A SYN that ends TIME-WAIT is looked up again (RFC 9293 section 3.10.7.4, MAY-2).
  const bool again = explained_ && explained_->segment.id == record.segment.id &&
                     explained_->host == record.host && explained_->at == record.at;
  if (again) {
    text_ += "  The old connection gives way, and the segment is looked up again:\n";
  } else {
    headline(record);
  }
  const auto state = book_.state_of(record.segment.to(), remote_end_of(record.segment));
  const LookupWords words = words_of(record, {probes_, state, options_.service_name}, directory_);
  probes_.clear();
  int number = 0;
  for (const ExplainedStep& step : words.steps) {
    append_format(text_, "  {}. {:<12}{}\n", ++number, step.name, step.sentence);
    for (const ProbeLine& line : step.details) append_format(text_, "{:17}{}\n", "", line.text);
  }
  append_format(text_, "  => {} [{}, examined {}+{}]\n     {}\n", words.verdict,
                name_of(record.rule), record.examined_connections, record.examined_listeners,
                words.port_note);
  explained_ = record;
}

/// A state that the segment of the last paragraph has changed where it arrived.
void ExplainSink::changed(const TraceRecord& record) {
  const bool by_it = explained_ && explained_->host == record.host && explained_->at == record.at &&
                     explained_->segment.to() == record.segment.from() &&
                     explained_->segment.from() == record.segment.to();
  if (!by_it) return;
  append_format(text_, "     With that, the connection goes from {} to {}.\n",
                name_of(static_cast<TcpState>(record.from)),
                name_of(static_cast<TcpState>(record.to)));
}

}  // namespace demuxsim
