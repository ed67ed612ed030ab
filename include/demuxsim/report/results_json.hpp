// Verdicts and sums as members of JSON objects.
#pragma once

#include <string>

#include "demuxsim/report/results.hpp"

namespace demuxsim {

/// Appends `"line":12,"held":true,"what":"...","found":"..."`.
void append_result(std::string& out, const ExpectationResult& result);

/// Appends `"events":...,"segments":...,"connections":...,"failed_expectations":...,` and
/// `"fingerprint":"..."`.
void append_summary(std::string& out, const Summary& summary);

}  // namespace demuxsim
