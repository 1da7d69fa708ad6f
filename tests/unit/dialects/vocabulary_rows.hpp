// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/request_place.hpp>

#include <boost/mp11/algorithm.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// Each member of each struct of the chat vocabulary, set once to each kind of value: what the tests of
/// fidelity encode. The rows are made from the descriptions, so that a new member has rows at once.

namespace fidelity {

/// One member with one value, in a request that is complete without it.
struct row {
    /// "chat_request.top_k = 2048".
    std::string name;
    /// The member alone: "chat_request.top_k".
    std::string member;
    llmx::chat_request without, with;
    llmx::request_place at;
};

/// A text that stands nowhere else.
inline constexpr std::string_view marker = "zqmark";

/// Values to try, by the member's name where its values have a form of their own.
[[nodiscard]] inline std::vector<std::string> texts_for(std::string_view member) {
    if (member == "media_type") return {"image/webp"};
    if (member == "data") return {"enFtYXJrenFtYXJr"};
    if (member == "url") return {"https://zqmark.example/a.png"};
    if (member == "file_id") return {"file-zqmark"};
    if (member == "detail") return {"low", "high"};
    if (member == "ttl") return {"5m", "1h"};
    if (member == "arguments") return {R"({"zqmark":1})"};
    if (member == "signature" || member == "redacted_data") return {"enFtYXJrc2ln"};
    return {std::string(marker)};
}

template <class T> struct values;

template <> struct values<std::string> {
    static auto of(std::string_view member) { return texts_for(member); }
};
template <> struct values<bool> {
    static auto of(std::string_view) { return std::vector<bool>{true}; }
};
template <class E> requires std::is_enum_v<E> struct values<E> {
    static auto of(std::string_view) {
        std::vector<E> all;
        // The longest enumeration of the vocabulary has seven.
        for (std::uint8_t i = 0; i < 7; ++i) {
            const auto e = static_cast<E>(i);
            if constexpr (std::is_same_v<E, llmx::role>) if (i > 4) break;
            if constexpr (std::is_same_v<E, llmx::service_tier>) if (i > 5) break;
            if constexpr (std::is_same_v<E, llmx::tool_choice::mode> || std::is_same_v<E, llmx::builtin_kind>) if (i > 3) break;
            if constexpr (std::is_same_v<E, llmx::response_format::kind>) if (i > 2) break;
            all.push_back(e);
        }
        return all;
    }
};
template <> struct values<llmx::raw_json> {
    static auto of(std::string_view member) {
        std::vector<llmx::raw_json> all;
        if (member == "logit_bias") all.emplace_back(R"({"50256":-100})");
        else all.emplace_back(R"({"type":"object","properties":{"zqmark":{"type":"string"}},"required":["zqmark"],"additionalProperties":false})");
        return all;
    }
};
template <> struct values<double> {
    static auto of(std::string_view) { return std::vector<double>{0.25, 1.5}; }
};
template <> struct values<std::int64_t> {
    static auto of(std::string_view member) {
        if (member == "budget_tokens") return std::vector<std::int64_t>{-1, 0, 1024, 20000};
        if (member == "n" || member == "top_logprobs") return std::vector<std::int64_t>{2};
        return std::vector<std::int64_t>{7, 2048};
    }
};
template <> struct values<llmx::cache_control> {
    static auto of(std::string_view) { return std::vector<llmx::cache_control>{llmx::cache_control()}; }
};
template <> struct values<llmx::extra_members> {
    static auto of(std::string_view) {
        llmx::extra_members of_another;
        of_another.add("another_language", "zq_member", "\"zqmark\"");
        return std::vector<llmx::extra_members>{of_another};
    }
};
template <> struct values<std::vector<std::string>> {
    static auto of(std::string_view member) {
        std::vector<std::vector<std::string>> all;
        if (member == "modalities") {
            all.push_back({"text", "audio"});
            all.push_back({"image"});
        } else if (member == "allowed") {
            all.push_back({"lookup", std::string(marker)});
        } else {
            all.push_back({std::string(marker)});
            all.push_back({" ", std::string(marker)});
        }
        return all;
    }
};
template <> struct values<std::vector<std::pair<std::string, std::string>>> {
    static auto of(std::string_view) {
        return std::vector<std::vector<std::pair<std::string, std::string>>>{{{"zqkey", std::string(marker)}}};
    }
};
template <> struct values<std::vector<llmx::citation>> {
    static auto of(std::string_view) {
        llmx::citation c;
        c.url = "https://zqmark.example/";
        c.title = "zq";
        return std::vector<std::vector<llmx::citation>>{{c}};
    }
};
template <> struct values<llmx::opaque_part> {
    static auto of(std::string_view) { return std::vector<llmx::opaque_part>{llmx::opaque_part("another_language", R"({"type":"zqmark"})")}; }
};
template <class T>
    requires requires { values<T>::of(std::string_view()); }
struct values<std::optional<T>> {
    static auto of(std::string_view member) {
        std::vector<std::optional<T>> all;
        if constexpr (std::is_same_v<T, bool>) all = {true, false};
        else
            for (auto& v : values<T>::of(member)) all.emplace_back(std::move(v));
        return all;
    }
};

template <class T> concept has_values = requires { values<T>::of(std::string_view()); };

/// The rows of \p T, an object of which \p get finds in the request \p base; \p at is its place.
template <class T, class Get>
void add_rows(std::vector<row>& rows, std::string_view struct_name, const llmx::chat_request& base, const llmx::request_place& at, Get get) {
    boost::mp11::mp_for_each<llmx::detail::members_of<T>>([&](auto d) {
        constexpr auto pointer = decltype(d)::pointer;
        using type = typename llmx::detail::member_pointer<std::remove_const_t<decltype(pointer)>>::type;
        if constexpr (has_values<type>) {
            int number = 0;
            for (auto&& value : values<type>::of(d.name)) {
                row r;
                r.without = r.with = base;
                get(r.with).*pointer = value;
                r.member = std::string(struct_name) + "." + d.name;
                r.name = r.member + "#" + std::to_string(number++);
                if constexpr (std::is_same_v<type, llmx::extra_members>) r.at = at.other("zq_member");
                else r.at = at.of(llmx::member_of<pointer>);
                if (!(get(r.with).*pointer == get(r.without).*pointer)) rows.push_back(std::move(r));
            }
        }
    });
}

/// A request with a message of \p from that holds \p part, and what has to be around it.
[[nodiscard]] inline llmx::chat_request around(llmx::role from, llmx::content_part part) {
    llmx::chat_request r("m", "question");
    r.max_output_tokens = 4000;
    llmx::message m(from);
    m.add(llmx::text_part("before"));
    m.add(std::move(part));
    r.messages.push_back(std::move(m));
    if (from == llmx::role::assistant) r.messages.push_back(llmx::message::user("go on"));
    return r;
}

[[nodiscard]] inline llmx::chat_request plain() {
    llmx::chat_request r("m", "question");
    r.max_output_tokens = 4000;
    return r;
}

[[nodiscard]] inline llmx::chat_request with_tool() {
    llmx::chat_request r = plain();
    r.tools.emplace_back("lookup", "Looks something up.", R"({"type":"object","properties":{"q":{"type":"string"}}})");
    return r;
}

[[nodiscard]] inline llmx::chat_request with_call() {
    llmx::chat_request r = with_tool();
    llmx::message asks(llmx::role::assistant);
    asks.add(llmx::text_part("one moment"));
    asks.add(llmx::tool_call_part("call_1", "lookup", R"({"q":"x"})"));
    r.messages.push_back(std::move(asks));
    llmx::message answers(llmx::role::tool);
    answers.add(llmx::tool_result_part("call_1", "found"));
    r.messages.push_back(std::move(answers));
    return r;
}

template <class Part> auto part_of(std::size_t message, std::size_t part) {
    return [message, part](llmx::chat_request& r) -> Part& { return std::get<Part>(r.messages[message].content[part]); };
}

/// All rows.
[[nodiscard]] inline std::vector<row> all_rows() {
    using namespace llmx; // the vocabulary alone
    std::vector<row> rows;
    const request_place at;
    add_rows<chat_request>(rows, "chat_request", plain(), at, [](chat_request& r) -> chat_request& { return r; });
    for (const role from : {role::user, role::assistant, role::system}) {
        chat_request r = around(from, text_part("text"));
        const std::string prefix(to_string(from));
        add_rows<message>(rows, prefix + " message", r, at.message(1), [](chat_request& q) -> message& { return q.messages[1]; });
        add_rows<text_part>(rows, prefix + " text_part", r, at.message(1).part(1), part_of<text_part>(1, 1));
    }
    const auto png = media::from_base64("image/png", "iVBORw0KGgo=");
    const auto add_part = [&](auto part, role from, std::string_view name) {
        using type = decltype(part);
        add_rows<type>(rows, name, around(from, part), at.message(1).part(1), part_of<type>(1, 1));
    };
    add_part(image_part(png), role::user, "image_part");
    add_part(audio_part(media::from_base64("audio/wav", "UklGRg==")), role::user, "audio_part");
    add_part(file_part(media::from_base64("application/pdf", "JVBERi0="), "a.pdf"), role::user, "file_part");
    add_part(refusal_part("no"), role::assistant, "refusal_part");
    add_part(thinking_part("hm", "c2ln"), role::assistant, "thinking_part");
    add_part(thinking_part(), role::assistant, "redacted thinking_part");
    add_rows<tool_call_part>(rows, "tool_call_part", with_call(), at.message(1).part(1), part_of<tool_call_part>(1, 1));
    add_rows<tool_result_part>(rows, "tool_result_part", with_call(), at.message(2).part(0), part_of<tool_result_part>(2, 0));
    for (const bool image : {false, true}) {
        chat_request r = with_call();
        auto& result = std::get<tool_result_part>(r.messages[2].content[0]);
        if (image) result.content.emplace_back(image_part(png));
        else result.content.emplace_back(text_part("more"));
        const auto place = at.message(2).part(0).item(1);
        if (image)
            add_rows<image_part>(rows, "tool_result image_part", r, place, [](chat_request& q) -> image_part& {
                return std::get<image_part>(std::get<tool_result_part>(q.messages[2].content[0]).content[1]);
            });
        else
            add_rows<text_part>(rows, "tool_result text_part", r, place, [](chat_request& q) -> text_part& {
                return std::get<text_part>(std::get<tool_result_part>(q.messages[2].content[0]).content[1]);
            });
    }
    add_rows<media>(rows, "image media", around(role::user, image_part(media())), at.message(1).part(1), [](chat_request& q) -> media& {
        return std::get<image_part>(q.messages[1].content[1]).source;
    });
    add_rows<media>(rows, "file media", around(role::user, file_part(media(), "a.pdf")), at.message(1).part(1), [](chat_request& q) -> media& {
        return std::get<file_part>(q.messages[1].content[1]).source;
    });
    chat_request cited = around(role::assistant, text_part("text"));
    citation c;
    c.url = "https://a.example/";
    std::get<text_part>(cited.messages[1].content[1]).citations.push_back(c);
    add_rows<citation>(rows, "citation", cited, at.message(1).part(1).of<&text_part::citations>(), [](chat_request& q) -> citation& {
        return std::get<text_part>(q.messages[1].content[1]).citations[0];
    });
    chat_request cached = around(role::user, text_part("text"));
    std::get<text_part>(cached.messages[1].content[1]).cache.emplace();
    add_rows<cache_control>(rows, "cache_control", cached, at.message(1).part(1).of<&text_part::cache>(), [](chat_request& q) -> cache_control& {
        return *std::get<text_part>(q.messages[1].content[1]).cache;
    });
    add_rows<tool>(rows, "tool", with_tool(), at.tool(0), [](chat_request& r) -> tool& { return r.tools[0]; });
    chat_request searching = with_tool();
    searching.tools.emplace_back().builtin = opaque_part("another_language", R"({"type":"search"})");
    add_rows<tool>(rows, "built-in tool", searching, at.tool(1), [](chat_request& r) -> tool& { return r.tools[1]; });
    searching.tools[1].kind = builtin_kind::web_search;
    searching.tools[1].search.emplace();
    add_rows<web_search_options>(rows, "web_search_options", searching, at.tool(1).of<&tool::search>(),
                                 [](chat_request& r) -> web_search_options& { return *r.tools[1].search; });
    chat_request choosing = with_tool();
    choosing.tool_choice = tool_choice::function("lookup");
    add_rows<tool_choice>(rows, "tool_choice", choosing, at.of<&chat_request::tool_choice>(), [](chat_request& r) -> tool_choice& { return *r.tool_choice; });
    for (const auto how : {tool_choice::mode::automatic, tool_choice::mode::required}) {
        choosing.tool_choice = tool_choice(how);
        std::vector<row> more;
        add_rows<tool_choice>(more, how == tool_choice::mode::required ? "required tool_choice" : "automatic tool_choice", choosing,
                              at.of<&chat_request::tool_choice>(), [](chat_request& r) -> tool_choice& { return *r.tool_choice; });
        for (row& one : more)
            if (one.member.ends_with(".allowed")) rows.push_back(std::move(one));
    }
    chat_request formatted = plain();
    formatted.response_format = response_format::json_schema("answer", R"({"type":"object","properties":{"a":{"type":"string"}})"
        R"(,"required":["a"],"additionalProperties":false})");
    add_rows<response_format>(rows, "response_format", formatted, at.of<&chat_request::response_format>(),
                              [](chat_request& r) -> response_format& { return *r.response_format; });
    chat_request thinking = plain();
    thinking.reasoning.emplace();
    add_rows<reasoning_options>(rows, "reasoning_options", thinking, at.of<&chat_request::reasoning>(),
                                [](chat_request& r) -> reasoning_options& { return *r.reasoning; });
    return rows;
}

} // namespace fidelity
