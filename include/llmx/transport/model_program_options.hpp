// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/secret.hpp>
#include <llmx/transport/program_life.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A program that serves a model on this machine, and how it is started.
struct model_program_options {
    model_program_options() = default;
    /// In messages, in the log, and in place of "{model}" in arguments.
    std::string name;
    /// The program and its arguments. "{port}" becomes the port of a program that speaks HTTP.
    std::vector<std::string> command;
    /// Variables beside PATH, which is this process's own unless it is among them. No other variable of this process is passed on.
    std::vector<std::pair<std::string, secret>> environment;
    /// Empty: that of this process.
    std::string working_directory;
    /// Value of PATH where `environment` has none.
    std::string path;
    /// HTTP on 127.0.0.1 in place of lines on standard input and output (docs/local-programs.md).
    bool http = false;
    /// Of a program that speaks HTTP: answers 2xx when it takes calls. llama.cpp's server, vLLM and TGI have this path.
    std::string health_path = "/health";
    program_timing times;
    /// Of one line of the program's output: the program is restarted beyond it, as what follows cannot be read.
    std::size_t max_line = std::size_t{16} * 1024 * 1024;
    /// Gets the lines that the program writes for people, on a thread of their own, and must not throw; null: they go to this process's standard
    /// error.
    std::function<void(std::string_view)> log;

    /// Whether both describe the same program; `log` does not count.
    LLMX_DECL [[nodiscard]] bool same_as(const model_program_options& other) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/model_program_options.ipp>
#endif
