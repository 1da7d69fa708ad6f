// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A piece of JSON kept as the text it arrived in.
///
/// The vocabulary holds no JSON tree: schemas, tool arguments and members that
/// llmx does not know are opaque to it and are passed on byte for byte.
struct raw_json {
    raw_json() = default;
    explicit raw_json(std::string json_text) noexcept : text(std::move(json_text)) {}

    std::string text;

    [[nodiscard]] bool empty() const noexcept { return text.empty(); }
    friend bool operator==(const raw_json&, const raw_json&) = default;
};

/// Members of a JSON object that a dialect did not recognise, in arrival order.
///
/// They are kept with the dialect that can express them (see `origin`): an
/// encoder of the same dialect writes them back, every other encoder reports
/// them as dropped. A name with dots is a path ("voice.style"); decoders keep a member whose own name has a dot
/// behind one dot more (`kept_name`), so that no encoder takes it for a path.
class extra_members {
public:
    /// One member, with its value as JSON text.
    struct member {
        member() = default;
        member(std::string n, std::string json) noexcept
            : name(std::move(n)), value(std::move(json)) {}
        std::string name;
        raw_json value;
        /// An answer without it means the same: it controls storage, caching, speed or abuse detection. The
        /// codec that keeps the member defines it; others report it as a hint.
        bool hint = false;
        /// It refers to a conversation, or to a part of one, that only its own vendor has: without it the request is another
        /// one, so that encoders of other languages never leave it out.
        bool is_state = false;
        /// Its value means the same as an absent member: encoders of other languages have nothing to report.
        bool is_absent = false;
        /// Name and value: the marks follow from both.
        friend bool operator==(const member& a, const member& b) noexcept { return a.name == b.name && a.value == b.value; }
    };

    extra_members() = default;

    /// Name of the dialect whose members these are; empty when there are none.
    std::string_view origin;
    std::vector<member> members;

    [[nodiscard]] bool empty() const noexcept { return members.empty(); }
    [[nodiscard]] bool speaks(std::string_view dialect) const noexcept { return origin == dialect; }

    /// Adds one member. \p dialect must have static storage duration.
    member& add(std::string_view dialect, std::string name, std::string json) {
        origin = dialect;
        return members.emplace_back(std::move(name), std::move(json));
    }
    /// The name that a decoder keeps for a member that the wire calls \p name: ".a.b" for "a.b", otherwise the same.
    [[nodiscard]] static std::string kept_name(std::string name) {
        if (name.find('.') != std::string::npos) name.insert(name.begin(), '.');
        return name;
    }
    /// The name on the wire of a member that is kept as \p kept: the inverse of `kept_name`. A name that no decoder
    /// makes (".a", "a.b") stays as it is.
    [[nodiscard]] static std::string_view wire_name(std::string_view kept) noexcept {
        if (kept.starts_with('.') && kept.find('.', 1) != std::string_view::npos) kept.remove_prefix(1);
        return kept;
    }

    /// Marks the members that \p names has as state of the conversation (`member::is_state`).
    void mark_state(std::span<const std::string_view> names) {
        for (member& m : members)
            for (const std::string_view name : names) m.is_state = m.is_state || (m.name == name && !m.is_absent);
    }

    /// The JSON text of \p name, or null.
    [[nodiscard]] const raw_json* find(std::string_view name) const noexcept {
        for (const auto& m : members)
            if (m.name == name) return &m.value;
        return nullptr;
    }

    friend bool operator==(const extra_members&, const extra_members&) = default;
};

} // namespace llmx::inline LLMX_ABI
