// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/core/result.hpp>

#include <boost/program_options.hpp>

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

/// What the program was started with.
struct command_line {
    command_line() = default;
    std::optional<std::string> config, host;
    std::optional<std::uint16_t> port;
    std::optional<unsigned> threads;
    /// Refuse a configuration with models that cannot be served.
    bool strict = false;
    /// Text to print instead of serving (--help, --version); empty: serve.
    std::string answer;
};

/// Parses the arguments; `errc::bad_configuration` names the wrong one.
inline llmx::result<command_line> parse_command_line(int argc, char** argv) {
    namespace po = boost::program_options;
    po::options_description known("llmx-gateway: one API for many language models\n\nOptions");
    known.add_options()
        ("config,c", po::value<std::string>()->value_name("FILE"),
         "settings, YAML or JSON, in the names of LiteLLM's config.yaml")
        ("host", po::value<std::string>()->value_name("ADDRESS"), "address to listen on (127.0.0.1)")
        ("port,p", po::value<std::string>()->value_name("N"), "port to listen on (4000); 0 for any free one")
        ("strict", "refuse to start when a model of the configuration cannot be served: its provider is not built in, or a key,\n"
                   "a base URL or a variable is missing")
        ("threads", po::value<std::string>()->value_name("N"), "serving threads (one per processor)")
        ("help,h", "print this help")
        ("version", "print the version");

    const auto wrong = [](std::string what) {
        return llmx::error(llmx::errc::bad_configuration, std::move(what) + "; see --help");
    };
    po::variables_map given;
    try {
        // Not guessing: an option is written out or is a mistake.
        const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        const auto parsed = po::command_line_parser(argc, argv).options(known).style(style).run();
        for (const auto& option : parsed.options)
            if (option.position_key >= 0) return wrong("unexpected argument '" + option.original_tokens.front() + "'");
        po::store(parsed, given);
    } catch (const po::error& e) {
        return wrong(e.what());
    }

    command_line line;
    line.strict = given.count("strict") != 0;
    if (given.count("help") != 0) {
        std::ostringstream text;
        text << known
             << "\nllmx-gateway models [NAME]: what is known about one model, or a table of all; of those of a pattern with * and of\n"
                "the options --provider P, --mode chat, --can vision.\n"
                "\nEnvironment: LLMX_MASTER_KEY is the key that clients must send. OPENAI_API_KEY, ANTHROPIC_API_KEY,\n"
                "GEMINI_API_KEY, and AZURE_API_KEY with AZURE_API_BASE, serve their vendors without a file.\n"
                "LLMX_MEMORY_LIMIT_MB limits the memory of all buffered requests and answers together, in MiB (a quarter\n"
                "of the machine's memory).\n"
                "LLMX_MODELS_FILE names a file or URL of prices and limits of models, in llmx's or LiteLLM's form, over the\n"
                "embedded ones; a URL is fetched at the start and at each reload.\n"
                "A file .env in the current folder is read too. SIGHUP reloads the settings, SIGTERM drains and exits.\n";
        line.answer = text.str();
        return line;
    }
    if (given.count("version") != 0) {
        line.answer = "llmx-gateway " LLMX_VERSION_STRING "\n";
        return line;
    }
    const auto number = [&given](const char* name, unsigned most) -> std::optional<unsigned> {
        const auto& text = given[name].as<std::string>();
        if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        const auto value = static_cast<unsigned>(std::stoul(text));
        return value <= most ? std::optional<unsigned>(value) : std::nullopt;
    };
    if (given.count("config") != 0) line.config = given["config"].as<std::string>();
    if (given.count("host") != 0) line.host = given["host"].as<std::string>();
    if (line.host && line.host->empty()) return wrong("--host: expected an address");
    if (given.count("port") != 0) {
        const auto port = number("port", 65535);
        if (!port) return wrong("--port: expected a number from 0 to 65535");
        line.port = static_cast<std::uint16_t>(*port);
    }
    if (given.count("threads") != 0) {
        line.threads = number("threads", 1024);
        if (!line.threads || *line.threads == 0)
            return wrong("--threads: expected a number from 1 to 1024; without the option there is one thread per processor");
    }
    return line;
}
