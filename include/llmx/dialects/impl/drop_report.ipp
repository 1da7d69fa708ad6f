// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/drop_report.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

LLMX_DECL void drop_report::foreign(const extra_members& members, std::string_view codec, const request_place& at) {
    if (members.empty() || members.speaks(codec)) return;
    for (const extra_members::member& m : members.members)
        if (!m.is_absent) add(at.other(std::string(extra_members::wire_name(m.name))), m.hint);
}

LLMX_DECL error drop_report::refuse(request_place at, std::string_view why, errc code) {
    std::string place = at.text();
    std::string message = place;
    message += ": ";
    message += why;
    error e(code, std::move(message));
    e.with_param(std::move(place));
    refused_ = std::move(at);
    return e;
}

LLMX_DECL error drop_report::refuse_empty(request_place messages, std::string_view why) {
    if (const request_place* const lost = first_lost(); lost != nullptr && lost->message_index() != request_place::no_index)
        return refuse(*lost, "the provider has no equivalent, and the messages have no other content", errc::unsupported_parameter);
    return refuse(std::move(messages), why);
}

LLMX_DECL result<void> drop_report::refuse_state(const extra_members& members, std::string_view codec) {
    if (members.speaks(codec)) return success();
    for (const extra_members::member& m : members.members)
        if (m.is_state)
            return refuse(request_place().other(m.name),
                          "refers to what only the vendor of the request's language keeps, and the provider of the model is another; leave it "
                          "out and send the whole conversation",
                          errc::unsupported_parameter);
    return success();
}

} // namespace llmx::inline LLMX_ABI
