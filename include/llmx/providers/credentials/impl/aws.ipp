// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/aws.hpp>
#include <llmx/providers/credentials/detail/aws_role.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Sections of AWS's files: name, and the settings in it.
using aws_section = std::map<std::string, std::string, std::less<>>;
using aws_sections = std::map<std::string, aws_section, std::less<>>;

LLMX_DECL [[nodiscard]] std::string_view aws_trimmed(std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(" \t\r");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

/// Adds the values of \p text; existing values stay. "profile name" is the section "name".
LLMX_DECL void read_aws_sections(std::string_view text, aws_sections& to) {
    aws_section* now = nullptr;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        // Indented lines belong to nested settings, none of which is a credential.
        if (line.starts_with(' ') || line.starts_with('\t')) continue;
        line = aws_trimmed(line);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[') {
            std::string_view name = aws_trimmed(line.substr(1, line.find(']') - 1));
            if (name.starts_with("profile ") || name.starts_with("profile\t")) name = aws_trimmed(name.substr(8));
            if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
            now = &to[std::string(name)];
            continue;
        }
        const std::size_t equals = line.find('=');
        if (now == nullptr || equals == std::string_view::npos) continue;
        now->emplace(std::string(aws_trimmed(line.substr(0, equals))), std::string(aws_trimmed(line.substr(equals + 1))));
    }
}

/// A profile's name for a message: a file may hold any bytes, and a message is one line of UTF-8.
LLMX_DECL [[nodiscard]] std::string aws_shown(const std::string& profile) {
    const bool control = std::any_of(profile.begin(), profile.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
    return control || !valid_utf8(profile) ? std::string("(a name that is not printable)") : "'" + profile + "'";
}

/// The search for a deployment's credentials.
class aws_search {
public:
    aws_search(const aws_settings& given, const variable_lookup& variables) : given_(given), variables_(variables) {}

    LLMX_DECL [[nodiscard]] result<aws_credentials> run() {
        role_.arn = given_.role_arn;
        role_.session_name = given_.role_session_name;
        role_.external_id = given_.external_id;
        role_.web_identity_token_file = given_.web_identity_token_file;
        if (const result<void> went = find_keys(); !went) return went.error();
        found_.region = given_.region;
        for (const char* const name : {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_REGION_NAME"})
            if (found_.region.empty()) found_.region = variable(name);
        if (found_.region.empty()) found_.region = profile_region_;
        if (found_.region.empty() && !profile_read_)
            if (const aws_section* const s = profile(profile_name(), false)) found_.region = setting(*s, "region");
        if (const result<void> good = check(); !good) return good.error();
        if (found_.bearer_token.empty() && !role_.arn.empty())
            if (const result<void> went = assume(); !went) return went.error();
        return std::move(found_);
    }

private:
    [[nodiscard]] static error unusable(std::string_view why) {
        return error(errc::bad_configuration, "AWS credentials: " + std::string(why));
    }
    [[nodiscard]] std::string variable(std::string_view name) const { return variable_or_empty(variables_, name); }
    [[nodiscard]] static std::string setting(const aws_section& s, std::string_view name) {
        const auto at = s.find(name);
        return at != s.end() ? at->second : std::string();
    }
    [[nodiscard]] std::string profile_name() const {
        std::string name = given_.profile.empty() ? variable("AWS_PROFILE") : given_.profile;
        return name.empty() ? "default" : name;
    }

    LLMX_DECL [[nodiscard]] result<void> find_keys() {
        if (!given_.bearer_token.empty()) {
            found_.bearer_token = given_.bearer_token;
            return success();
        }
        if (!given_.access_key_id.empty() || !given_.secret_access_key.empty()) {
            found_.keys = aws_keys(given_.access_key_id, given_.secret_access_key, given_.session_token);
            return success();
        }
        if (!role_.arn.empty() && !role_.web_identity_token_file.empty()) return success();
        if (!given_.profile.empty()) return use_profile(given_.profile, true);
        if (std::string token = variable("AWS_BEARER_TOKEN_BEDROCK"); !token.empty() && role_.arn.empty()) {
            found_.bearer_token = secret(std::move(token));
            return success();
        }
        if (std::string id = variable("AWS_ACCESS_KEY_ID"); !id.empty()) {
            found_.keys = aws_keys(std::move(id), secret(variable("AWS_SECRET_ACCESS_KEY")), secret(variable("AWS_SESSION_TOKEN")));
            return success();
        }
        if (const std::string named = variable("AWS_PROFILE"); !named.empty()) return use_profile(named, true);
        const std::string file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"), arn = variable("AWS_ROLE_ARN");
        if (!file.empty() && !arn.empty() && !role_.arn.empty() && role_.arn != arn) {
            base_role_.arn = arn;
            base_role_.web_identity_token_file = file;
            base_role_.session_name = variable("AWS_ROLE_SESSION_NAME");
            return success();
        }
        if (!file.empty() && !arn.empty()) {
            role_.arn = arn;
            role_.web_identity_token_file = file;
            if (role_.session_name.empty()) role_.session_name = variable("AWS_ROLE_SESSION_NAME");
            return success();
        }
        if (const result<void> went = use_profile("default", false); !went) return went;
        const bool by_identity = !role_.arn.empty() && !role_.web_identity_token_file.empty();
        if (!found_.keys.access_key_id.empty() || by_identity) return success();
        return use_container();
    }

    LLMX_DECL [[nodiscard]] result<void> use_container() {
        std::string uri = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        if (!uri.empty()) uri = "http://169.254.170.2" + uri;
        else uri = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (uri.empty()) return success();
        result<base_url> agent = parse_base_url(uri);
        if (!agent) return unusable("the address of the container's agent: " + agent.error().message());
        aws_container from;
        from.agent = std::move(*agent);
        from.authorization = secret(variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
        from.authorization_file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        result<token_source_ptr> source = ask_aws_container(std::move(from));
        if (!source) return source.error();
        found_.role = std::move(*source);
        return success();
    }

    /// Reads the file, when it exists or \p variable_name names it.
    LLMX_DECL [[nodiscard]] result<void> read_file(std::string_view variable_name, std::string_view usual) {
        std::string path = variable(variable_name);
        if (path.empty()) {
            const std::string home = variable("HOME");
            std::error_code failed;
            path = home + std::string(usual);
            if (home.empty() || !std::filesystem::exists(path, failed)) return success();
        }
        const result<std::string> text = read_credentials_file(path, "the file of AWS credentials");
        if (!text) return text.error();
        read_aws_sections(*text, sections_);
        return success();
    }
    LLMX_DECL [[nodiscard]] const aws_section* profile(const std::string& name, bool report) {
        if (!profile_read_) {
            profile_read_ = true;
            for (const auto& [variable_name, usual] :
                 {std::pair<std::string_view, std::string_view>("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"),
                  {"AWS_CONFIG_FILE", "/.aws/config"}})
                if (const result<void> read = read_file(variable_name, usual); !read && report) file_error_ = read.error();
        }
        const auto at = sections_.find(name);
        return at != sections_.end() ? &at->second : nullptr;
    }

    LLMX_DECL [[nodiscard]] result<void> use_profile(const std::string& name, bool named) {
        const aws_section* const s = profile(name, true);
        if (file_error_.value() != errc::internal) return file_error_;
        if (s == nullptr) {
            if (named) return unusable("there is no profile " + aws_shown(name) + " in AWS's files");
            return success();
        }
        profile_region_ = setting(*s, "region");
        found_.keys = aws_keys(setting(*s, "aws_access_key_id"), secret(setting(*s, "aws_secret_access_key")),
                               secret(setting(*s, "aws_session_token")));
        const std::string arn = setting(*s, "role_arn");
        if (arn.empty() || !role_.arn.empty()) return success();
        role_.arn = arn;
        if (role_.external_id.empty()) role_.external_id = setting(*s, "external_id");
        if (role_.session_name.empty()) role_.session_name = setting(*s, "role_session_name");
        role_.web_identity_token_file = setting(*s, "web_identity_token_file");
        const std::string source = setting(*s, "source_profile");
        if (!role_.web_identity_token_file.empty() || source.empty()) return success();
        const aws_section* const from = profile(source, true);
        if (from == nullptr) return unusable("there is no profile " + aws_shown(source) + ", the source_profile of " + aws_shown(name));
        found_.keys = aws_keys(setting(*from, "aws_access_key_id"), secret(setting(*from, "aws_secret_access_key")),
                               secret(setting(*from, "aws_session_token")));
        return success();
    }

    [[nodiscard]] result<void> check() const {
        const bool by_identity = !base_role_.arn.empty() || (!role_.arn.empty() && !role_.web_identity_token_file.empty());
        if (found_.bearer_token.empty() && found_.role == nullptr && !by_identity) {
            if (found_.keys.access_key_id.empty() && found_.keys.secret_access_key.empty())
                return unusable("none found; give aws_access_key_id and aws_secret_access_key, set the variables of the same "
                                "names in capitals, AWS_PROFILE or AWS_BEARER_TOKEN_BEDROCK");
            if (found_.keys.access_key_id.empty()) return unusable("the secret access key has no access key id");
            if (found_.keys.secret_access_key.empty()) return unusable("the access key id has no secret access key");
        }
        for (const std::string_view text : {found_.bearer_token.reveal(), std::string_view(found_.keys.access_key_id),
                                            found_.keys.session_token.reveal(), std::string_view(found_.region)})
            if (!safe_field_value(text)) return unusable("a key, token or region holds a line break");
        if (found_.region.empty()) return unusable("there is no region; give aws_region_name or set AWS_REGION, such as us-east-1");
        // It becomes part of host names.
        for (const char c : found_.region)
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
                return unusable("the region is not a name such as us-east-1");
        return success();
    }

    LLMX_DECL [[nodiscard]] result<void> assume() {
        std::string sts = given_.sts_endpoint;
        if (sts.empty())
            sts = "https://sts." + found_.region + (found_.region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
        result<base_url> url = parse_base_url(sts);
        if (!url) return unusable("the address of the Security Token Service: " + url.error().message());
        role_.sts = std::move(*url);
        role_.region = found_.region;
        if (role_.session_name.empty()) role_.session_name = "llmx";
        if (role_.web_identity_token_file.empty()) role_.keys = found_.keys;
        role_.base = std::move(found_.role);
        if (!base_role_.arn.empty()) {
            base_role_.sts = role_.sts;
            base_role_.region = role_.region;
            if (base_role_.session_name.empty()) base_role_.session_name = role_.session_name;
            result<token_source_ptr> base = assume_aws_role(std::move(base_role_));
            if (!base) return base.error();
            role_.base = std::move(*base);
        }
        result<token_source_ptr> source = assume_aws_role(std::move(role_));
        if (!source) return source.error();
        found_.role = std::move(*source);
        found_.keys = aws_keys();
        return success();
    }

    const aws_settings& given_;
    const variable_lookup& variables_;
    aws_credentials found_;
    aws_role role_;
    /// The role of the environment's web identity, with which `role_` is assumed.
    aws_role base_role_;
    aws_sections sections_;
    std::string profile_region_;
    error file_error_;
    bool profile_read_ = false;
};

LLMX_DECL [[nodiscard]] error aws_failure_of(const deployment& d, error e) {
    return e.with_message("deployment '" + d.id + "': " + e.message());
}

} // namespace detail

LLMX_DECL result<aws_credentials> find_aws_credentials(const aws_settings& given, const variable_lookup& variables) {
    return detail::aws_search(given, variables).run();
}

LLMX_DECL boost::asio::awaitable<result<void>> authorize_aws(runtime& on, const aws_credentials& by, std::string_view service,
                                                             const deployment& d, http_request& out,
                                                             const http_limits& limits, cancellation& stop) {
    if (!by.bearer_token.empty()) {
        out.add_field("authorization", std::string("Bearer ").append(by.bearer_token.reveal()));
        co_return success();
    }
    const sigv4_options how(by.region, service, on.unix_seconds());
    result<void> went = success();
    if (by.role != nullptr) {
        const result<access_token_ptr> got = co_await token_for(on, by.role, d, limits, stop);
        if (!got) co_return got.error();
        const aws_keys keys((*got)->access_key_id, (*got)->secret_access_key, (*got)->text);
        sigv4_options now = how;
        now.unix_seconds = on.unix_seconds();
        went = sign_sigv4(out, keys, now);
    } else {
        went = sign_sigv4(out, by.keys, how);
    }
    if (!went) co_return detail::aws_failure_of(d, went.error());
    co_return success();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
