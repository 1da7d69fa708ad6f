// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/detail/aws_role.hpp>
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/wire/digest.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::optional<std::string> xml_text(std::string_view xml, std::string_view name) {
    const std::string begin = "<" + std::string(name) + ">", end = "</" + std::string(name) + ">";
    const std::size_t at = xml.find(begin);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view text = xml.substr(at + begin.size());
    const std::size_t stop = text.find(end);
    if (stop == std::string_view::npos) return std::nullopt;
    text = text.substr(0, stop);
    std::string out;
    while (!text.empty()) {
        bool replaced = false;
        if (text.front() == '&')
            for (const auto& [reference, c] : {std::pair<std::string_view, char>("&amp;", '&'), {"&lt;", '<'}, {"&gt;", '>'},
                                               {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}, {"&#34;", '"'}})
                if (!replaced && text.starts_with(reference)) {
                    out += c;
                    text.remove_prefix(reference.size());
                    replaced = true;
                }
        if (replaced) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

LLMX_DECL std::optional<std::int64_t> aws_time(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
    if (text.size() <= form.size() || text.back() != 'Z') return std::nullopt;
    int numbers[6] = {};
    std::size_t n = 0;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i]) return std::nullopt;
        if (form[i] == 'd') numbers[n] = numbers[n] * 10 + (text[i] - '0');
        else ++n;
    }
    const std::string_view fraction = text.substr(form.size(), text.size() - form.size() - 1);
    if (!fraction.empty() && (fraction.front() != '.' || fraction.find_first_not_of("0123456789", 1) != std::string_view::npos))
        return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year(numbers[0]), month(static_cast<unsigned>(numbers[1])), day(static_cast<unsigned>(numbers[2]))};
    if (!date.ok() || numbers[3] > 23 || numbers[4] > 59 || numbers[5] > 60) return std::nullopt;
    return duration_cast<seconds>(sys_days(date).time_since_epoch()).count() + numbers[3] * 3600 + numbers[4] * 60 + numbers[5];
}

LLMX_DECL class basic_aws_role_source final : public token_source {
public:
    basic_aws_role_source(aws_role role, std::string identity) : role_(std::move(role)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }

    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        std::string identity_token;
        const bool web = !role_.web_identity_token_file.empty();
        if (web) {
            result<std::string> read = co_await read_token_file(on, role_.web_identity_token_file, stop);
            if (!read) co_return read.error();
            identity_token = std::move(*read);
        }
        aws_keys keys = role_.keys;
        if (role_.base != nullptr) {
            const result<access_token> got = co_await role_.base->fetch(on, limits, stop);
            if (!got) co_return got.error();
            keys = aws_keys(got->access_key_id, got->secret_access_key, got->text);
        }
        const std::string form = request_form(identity_token);
        http_request out;
        out.to = &role_.sts.where;
        out.target = role_.sts.path.empty() ? "/" : role_.sts.path;
        out.fields = "content-type: application/x-www-form-urlencoded\r\n";
        out.body.assign(form);
        if (!web) {
            const sigv4_options how(role_.region, "sts", on.unix_seconds());
            const result<void> good = sign_sigv4(out, keys, how);
            if (!good) co_return good.error();
        }
        const result<token_answer> answer = co_await ask_token_server(on, role_.sts, out, limits, stop);
        if (!answer) co_return answer.error();
        co_return read_answer(*answer, identity_token, keys, on.unix_seconds());
    }

private:
    [[nodiscard]] std::string request_form(std::string_view identity_token) const {
        std::string form;
        append_form_field(form, "Action", identity_token.empty() ? "AssumeRole" : "AssumeRoleWithWebIdentity");
        append_form_field(form, "Version", "2011-06-15");
        append_form_field(form, "RoleArn", role_.arn);
        append_form_field(form, "RoleSessionName", role_.session_name);
        // Every role allows an hour.
        append_form_field(form, "DurationSeconds", "3600");
        if (!identity_token.empty()) append_form_field(form, "WebIdentityToken", identity_token);
        else if (!role_.external_id.empty()) append_form_field(form, "ExternalId", role_.external_id);
        return form;
    }

    [[nodiscard]] result<access_token> read_answer(const token_answer& answer, std::string_view identity_token,
                                                   const aws_keys& keys, std::int64_t now) const {
        if (!answer.good()) {
            std::string code = xml_text(answer.body, "Code").value_or(std::string());
            const int status = code == "Throttling" || code == "ThrottlingException" ? 429 : answer.status;
            return token_refused(role_.sts, status, std::move(code), xml_text(answer.body, "Message").value_or(std::string()),
                                 "check the keys, that the role trusts them, and that this machine's clock is right",
                                 {identity_token, keys.secret_access_key.reveal(), keys.session_token.reveal()});
        }
        auto id = xml_text(answer.body, "AccessKeyId");
        auto key = xml_text(answer.body, "SecretAccessKey");
        auto session = xml_text(answer.body, "SessionToken");
        const auto expires = aws_time(xml_text(answer.body, "Expiration").value_or(std::string()));
        if (!id || id->empty() || !key || key->empty() || !session || !expires) return token_answer_unreadable(role_.sts);
        access_token token;
        token.access_key_id = std::move(*id);
        token.secret_access_key = secret(std::move(*key));
        token.text = secret(std::move(*session));
        token.lifetime = std::chrono::seconds(std::clamp<std::int64_t>(*expires - now, 0, 86400));
        return token;
    }

    aws_role role_;
    std::string identity_;
};
using aws_role_source = LLMX_PLAIN(basic_aws_role_source);

LLMX_DECL result<token_source_ptr> assume_aws_role(aws_role role) {
    result<std::string> identity = credential_identity(
        "aws", {role.sts.where.authority, role.sts.path, role.region, role.arn, role.session_name, role.external_id, role.keys.access_key_id,
                role.keys.secret_access_key.reveal(), role.keys.session_token.reveal(), role.web_identity_token_file,
                role.base != nullptr ? role.base->identity() : std::string_view()});
    if (!identity) return identity.error();
    return token_source_ptr(std::make_shared<const aws_role_source>(std::move(role), std::move(*identity)));
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
