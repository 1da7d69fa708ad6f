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
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL class basic_aws_container_source final : public token_source {
public:
    basic_aws_container_source(aws_container from, std::string identity) : from_(std::move(from)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }

    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        std::string authorization(from_.authorization.reveal());
        if (!from_.authorization_file.empty()) {
            result<std::string> read = co_await read_token_file(on, from_.authorization_file, stop);
            if (!read) co_return read.error();
            authorization = std::move(*read);
        }
        if (!safe_field_value(authorization))
            co_return error(errc::bad_configuration, "AWS credentials: the container's authorization token holds a line break");
        http_request out;
        out.method = "GET";
        out.target = from_.agent.path.empty() ? "/" : from_.agent.path;
        out.fields = "accept: application/json\r\n";
        if (!authorization.empty()) out.add_field("authorization", authorization);
        const result<token_answer> answer = co_await ask_token_server(on, from_.agent, out, limits, stop);
        if (!answer) co_return answer.error();
        co_return read_answer(*answer, authorization, on.unix_seconds());
    }

private:
    [[nodiscard]] result<access_token> read_answer(const token_answer& answer, std::string_view authorization,
                                                   std::int64_t now) const {
        token_json members;
        const bool readable = members.parse(answer.body);
        if (!answer.good())
            return token_refused(from_.agent, answer.status, members.text("code"), members.text("message"),
                                 "check that a role is attached to this task or pod", std::vector<std::string_view>{authorization});
        access_token token;
        token.access_key_id = members.text("AccessKeyId");
        token.secret_access_key = secret(members.text("SecretAccessKey"));
        token.text = secret(members.text("Token"));
        const auto expires = aws_time(members.text("Expiration"));
        if (!readable || token.access_key_id.empty() || token.secret_access_key.empty() || token.text.empty() || !expires)
            return token_answer_unreadable(from_.agent);
        token.lifetime = std::chrono::seconds(std::clamp<std::int64_t>(*expires - now, 0, 86400));
        return token;
    }

    aws_container from_;
    std::string identity_;
};
using aws_container_source = LLMX_PLAIN(basic_aws_container_source);

LLMX_DECL result<token_source_ptr> ask_aws_container(aws_container from) {
    const std::string& host = from.agent.where.host;
    bool near = from.agent.where.tls;
    // The agents of ECS and of EKS, and this machine: the addresses that AWS's SDKs allow.
    for (const std::string_view one : {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "127.0.0.1", "::1", "localhost"})
        near = near || host == one;
    if (!near)
        return error(errc::bad_configuration, "AWS credentials: AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine");
    result<std::string> identity = credential_identity(
        "aws-container", {from.agent.where.authority, from.agent.path, from.authorization.reveal(), from.authorization_file});
    if (!identity) return identity.error();
    return token_source_ptr(std::make_shared<const aws_container_source>(std::move(from), std::move(*identity)));
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
