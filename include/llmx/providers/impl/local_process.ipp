// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/local_process.hpp>

#include <llmx/providers/classify.hpp>
#include <llmx/providers/openai.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What follows the operation in the target of a call whose answer is a stream.
inline constexpr std::string_view program_streams = "?stream";

/// Whether requests for \p own are sent to a port.
LLMX_DECL [[nodiscard]] bool speaks_http(const local_process::settings& own) {
    if (!own.protocol.empty()) return own.protocol == "http";
    return std::any_of(own.command.begin(), own.command.end(), [](const std::string& a) { return a.find("{port}") != std::string::npos; });
}

LLMX_DECL [[nodiscard]] model_program_options program_of(const local_process::settings& own, std::string name, std::string path) {
    model_program_options o;
    o.name = std::move(name);
    o.command = own.command;
    o.environment = own.environment;
    o.working_directory = own.working_directory;
    o.path = std::move(path);
    o.http = speaks_http(own);
    o.health_path = own.health_path;
    o.times.start_timeout = own.start_timeout;
    o.times.health_interval = own.health_interval;
    o.times.health_timeout = own.health_timeout;
    o.times.failed_checks = own.health_failures;
    o.times.stop_grace = own.stop_grace;
    o.times.restart_delay = own.restart_delay;
    o.times.longest_delay = std::max(own.restart_delay, own.max_restart_delay);
    o.max_line = std::size_t{own.max_line_mb} * 1024 * 1024;
    return o;
}

} // namespace detail

LLMX_DECL void local_process::settings::read_environment(settings_reader& params) {
    settings_reader& all = params.at("environment");
    if (!all.given()) return;
    if (!all.is_map()) return all.unexpected("a map of names and values");
    for (std::size_t i = 0; i < all.size(); ++i) {
        settings_reader& one = all.item(i);
        const std::string called(one.key());
        secret value;
        if (called.empty() || called.find('=') != std::string::npos || called.find('\0') != std::string::npos)
            one.fail("the name of a variable has no \"=\" and is not empty");
        else if (one.hidden(value)) environment.emplace_back(called, std::move(value));
    }
}

LLMX_DECL result<void> local_process::complete(deployment& d, const variable_lookup& variables) {
    const settings& given = d.settings.get<settings>();
    if (given.program) return success();
    const auto wrong = [](const char* what) { return error(errc::bad_configuration, what); };
    if (given.command.empty() || given.command.front().empty())
        return wrong("local_process needs command: a list with the program and its arguments");
    if (d.model.empty() || d.model.find('*') != std::string::npos) return wrong("local_process/NAME names one program; it cannot be a wildcard");
    const bool http = detail::speaks_http(given);
    settings ported = given;
    ported.protocol.clear();
    if (http && !detail::speaks_http(ported)) return wrong("protocol: http needs \"{port}\" in an argument of command, where the program's port is filled in");
    if (http && !given.health_path.starts_with('/')) return wrong("health_path begins with \"/\"");
    for (const std::string& a : given.command)
        if (a.find('\0') != std::string::npos) return wrong("command holds a zero byte");
    auto program = model_program::open(detail::program_of(given, d.model, detail::variable_or_empty(variables, "PATH")));
    if (!program) return program.error();
    settings own = given;
    own.program = std::move(*program);
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL bool local_process::takes(const codec_ops& form, const deployment& d, std::string_view) {
    const std::shared_ptr<model_program>& program = d.settings.get<settings>().program;
    if (program && program->options().http) return true;
    return form.json_request && form.operation->answer == operation_info::answers::json;
}

LLMX_DECL std::string local_process::report(const deployment& d) {
    const std::shared_ptr<model_program>& program = d.settings.get<settings>().program;
    return program ? program->describe() : std::string();
}

LLMX_DECL void local_process::replaced(std::span<const deployment> before, std::span<const deployment> now) {
    for (const deployment& d : before) {
        const std::shared_ptr<model_program>& program = d.settings.get<settings>().program;
        const auto has = [&program](const deployment& other) { return other.settings.get<settings>().program == program; };
        if (program && std::none_of(now.begin(), now.end(), has)) program->retire();
    }
}

LLMX_DECL result<void> local_process::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const std::shared_ptr<model_program>& program = d.settings.get<settings>().program;
    if (!program) return error(errc::bad_configuration, "the deployment '" + d.id + "' has no program; complete it by its registry");
    if (program->options().http) {
        detail::prepare_bearer(d, what.path(), out);
        return success();
    }
    out.target = what.codec->operation->name;
    if (what.stream) out.target += detail::program_streams;
    return success();
}

LLMX_DECL error local_process::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    return classify_http(name, status, fields, openai_chat::decode_error(body));
}

LLMX_DECL boost::asio::awaitable<result<http_response>> local_process::exchange(runtime& on, const deployment& d, const http_request& request,
                                                                                const http_limits& limits, cancellation& stop) const {
    const std::shared_ptr<model_program> program = d.settings.get<settings>().program;
    const std::string_view target = request.target;
    const bool stream = target.ends_with(detail::program_streams);
    const std::string operation(target.substr(0, target.size() - (stream ? detail::program_streams.size() : 0)));
    co_return co_await program->exchange(on.executor(), on.transport(), operation, stream, request, limits, stop);
}

} // namespace llmx::inline LLMX_ABI
