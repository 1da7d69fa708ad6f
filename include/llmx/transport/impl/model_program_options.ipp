// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/model_program_options.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {

LLMX_DECL bool model_program_options::same_as(const model_program_options& other) const {
    const auto same_variable = [](const std::pair<std::string, secret>& a, const std::pair<std::string, secret>& b) {
        return a.first == b.first && a.second.reveal() == b.second.reveal();
    };
    const program_timing &a = times, &b = other.times;
    return name == other.name && command == other.command && working_directory == other.working_directory && path == other.path &&
           http == other.http && health_path == other.health_path && max_line == other.max_line &&
           std::equal(environment.begin(), environment.end(), other.environment.begin(), other.environment.end(), same_variable) &&
           a.start_timeout == b.start_timeout && a.health_interval == b.health_interval && a.start_interval == b.start_interval &&
           a.health_timeout == b.health_timeout && a.failed_checks == b.failed_checks && a.stop_grace == b.stop_grace &&
           a.restart_delay == b.restart_delay && a.longest_delay == b.longest_delay && a.steady_after == b.steady_after;
}

} // namespace llmx::inline LLMX_ABI
