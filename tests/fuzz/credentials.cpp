// SPDX-License-Identifier: BSL-1.0
// Files of credentials (Google's JSON, AWS's profiles) and answers of token servers (OAuth 2.0, AWS's containers and Security
// Token Service): no secret of theirs stands in a message, equal credentials have equal identities, and a token that is read
// has a lifetime within a day. Steering: the status of the answer.
#include "support.hpp"

#include <llmx/providers/credentials/aws.hpp>
#include <llmx/providers/credentials/google.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace {

/// Stands in the seeds where a secret does.
constexpr std::string_view planted = "sk-planted-secret";

void require_refusal(const llmx::error& e) {
    fuzz::require_sentence(e);
    fuzz::require(e.message().find(planted) == std::string::npos, "no secret stands in a message", e.message());
    fuzz::require(e.message().find_first_of("\r\n") == std::string::npos, "a message is one line", e.message());
}

/// A file in memory, which the functions that read files open by its path.
class memory_file {
public:
    explicit memory_file(std::string_view text) : file_(::memfd_create("credentials", MFD_CLOEXEC)) {
        fuzz::require(file_ >= 0, "the machine has files in memory");
        fuzz::require(::write(file_, text.data(), text.size()) == static_cast<::ssize_t>(text.size()), "the file takes the text");
    }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file() { ::close(file_); }
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

private:
    int file_;
};

/// Reads \p text as the answer of \p from's server.
void check_answer(const llmx::token_source& from, int status, std::string_view text) {
    llmx::testing::scripted_transport network;
    network.reply_always(status, std::string(text));
    llmx::testing::manual_runtime on(network);
    llmx::http_limits limits;
    llmx::cancellation stop;
    const llmx::result<llmx::access_token> got = llmx::testing::run(from.fetch(on, limits, stop));
    fuzz::require(network.open_bodies() == 0, "the answer is given back");
    if (!got) return require_refusal(got.error());
    fuzz::require(status >= 200 && status <= 299, "an error holds no token", text);
    fuzz::require(!got->text.reveal().empty(), "a token that is read is not empty", text);
    fuzz::require(got->lifetime >= llmx::duration::zero() && got->lifetime <= std::chrono::hours(24),
                  "a token's lifetime is within its bounds", text);
}

void check_google_file(std::string_view text, int status) {
    const auto read = llmx::read_google_credentials(text);
    if (!read) {
        fuzz::require(read.error().value() == llmx::errc::bad_configuration, "wrong credentials are bad_configuration");
        return require_refusal(read.error());
    }
    fuzz::require(read->tokens != nullptr, "credentials that are read lead to tokens");
    const std::string identity(read->tokens->identity());
    fuzz::require(!identity.empty() && identity.find(planted) == std::string::npos, "an identity is a digest", identity);
    const auto again = llmx::read_google_credentials(text);
    fuzz::require(again.has_value() && again->tokens->identity() == identity, "equal credentials have equal identities", identity);
    check_answer(*read->tokens, status, text);
}

/// Whether the planted text stands where AWS's files have secrets and nowhere else: names of profiles are public.
bool planted_as_secret(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.find(planted) != std::string_view::npos && !line.starts_with("aws_secret_access_key")) return false;
    }
    return true;
}

void check_aws_file(std::string_view text) {
    if (!planted_as_secret(text)) return;
    const memory_file file(text);
    const std::string path = file.path();
    for (const std::string_view profile : {std::string_view(), std::string_view("dev")}) {
        const llmx::variable_lookup variables = [&path](std::string_view name) -> std::optional<std::string> {
            if (name == "AWS_SHARED_CREDENTIALS_FILE" || name == "AWS_CONFIG_FILE") return path;
            return std::nullopt;
        };
        llmx::aws_settings given;
        given.region = "us-east-1";
        given.profile = profile;
        const auto found = llmx::find_aws_credentials(given, variables);
        if (!found) {
            fuzz::require(found.error().value() == llmx::errc::bad_configuration, "wrong credentials are bad_configuration");
            require_refusal(found.error());
        } else {
            fuzz::require(!found->bearer_token.empty() || !found->keys.access_key_id.empty() || found->role != nullptr,
                          "credentials that are found can sign", text);
        }
    }
}

llmx::token_source_ptr google_user() {
    return llmx::read_google_credentials(R"({"type":"authorized_user","client_id":"a","client_secret":"sk-planted-secret",)"
                                         R"("refresh_token":"sk-planted-secret"})")
        .value()
        .tokens;
}
llmx::token_source_ptr google_machine() {
    return llmx::google_metadata_credentials([](std::string_view) { return std::optional<std::string>(); }).value().tokens;
}
llmx::token_source_ptr aws_role() {
    llmx::aws_settings given;
    given.region = "us-east-1";
    given.access_key_id = "AKIDEXAMPLE";
    given.secret_access_key = llmx::secret(std::string(planted));
    given.role_arn = "arn:aws:iam::123456789012:role/r";
    return llmx::find_aws_credentials(given, [](std::string_view) { return std::optional<std::string>(); }).value().role;
}
llmx::token_source_ptr aws_container() {
    const llmx::variable_lookup variables = [](std::string_view name) -> std::optional<std::string> {
        if (name == "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") return "/v2/credentials/1";
        if (name == "AWS_CONTAINER_AUTHORIZATION_TOKEN") return std::string(planted);
        return std::nullopt;
    };
    llmx::aws_settings given;
    given.region = "us-east-1";
    return llmx::find_aws_credentials(given, variables).value().role;
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    static constexpr int statuses[] = {200, 400, 401, 429, 500};
    const int status = statuses[in.choice(0) % std::size(statuses)];
    check_google_file(text, status);
    check_aws_file(text);
    static const llmx::token_source_ptr sources[] = {google_user(), google_machine(), aws_role(), aws_container()};
    for (const llmx::token_source_ptr& from : sources) check_answer(*from, status, text);
}
