// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// A place in a request of the vocabulary: `request_place().message(2).part(0).of<&text_part::cache>()` is
/// "messages[2].content[0].cache".
///
/// It holds indices and described members and is made text only when it is read. Members below
/// a member are chained: `request_place().of<&chat_request::response_format>().of<&response_format::schema>()`, and so
/// are those of an element of a list: `.of<&embedding_request::inputs>().item(3).of<&embedding_input::title>()` is
/// "inputs[3].title".
class request_place {
public:
    static constexpr std::uint32_t no_index = static_cast<std::uint32_t>(-1);

    request_place() = default;

    [[nodiscard]] request_place message(std::size_t i) const { return with(&request_place::message_, i); }
    /// A part of a message.
    [[nodiscard]] request_place part(std::size_t i) const { return with(&request_place::part_, i); }
    [[nodiscard]] request_place tool(std::size_t i) const { return with(&request_place::tool_, i); }
    /// An element of the member named last, or of a tool result's content.
    [[nodiscard]] request_place item(std::size_t i) const {
        request_place at = with(&request_place::item_, i);
        at.indexes_member_ = members_[0] != nullptr && members_[1] == nullptr && other_.empty();
        return at;
    }
    /// The same without the position, for a list that a caller writes as its one element.
    [[nodiscard]] request_place without_item() const {
        request_place at = *this;
        at.item_ = no_index;
        return at;
    }
    template <auto Member> [[nodiscard]] request_place of() const { return of(member_of<Member>); }
    [[nodiscard]] request_place of(const described_member& member) const {
        request_place at = *this;
        (at.members_[0] == nullptr ? at.members_[0] : at.members_[1]) = &member;
        return at;
    }
    /// A member that the vocabulary does not have, by the name it has in its own language.
    [[nodiscard]] request_place other(std::string name) const {
        request_place at = *this;
        at.other_ = std::move(name);
        return at;
    }

    /// `no_index` where the place is not in one.
    [[nodiscard]] std::uint32_t message_index() const noexcept { return message_; }
    [[nodiscard]] std::uint32_t part_index() const noexcept { return part_; }
    [[nodiscard]] std::uint32_t tool_index() const noexcept { return tool_; }
    [[nodiscard]] std::uint32_t item_index() const noexcept { return item_; }
    /// Whether `item_index` is that of an element of `member`: `inner` and `other_name` are members of the element.
    /// Otherwise it is after all of them.
    [[nodiscard]] bool indexes_member() const noexcept { return indexes_member_; }
    /// The member, of the innermost of message, part, tool and request; null for the whole of it.
    [[nodiscard]] const described_member* member() const noexcept { return members_[0]; }
    /// The member of that member; null for the whole of it.
    [[nodiscard]] const described_member* inner() const noexcept { return members_[1]; }
    [[nodiscard]] const std::string& other_name() const noexcept { return other_; }
    /// Whether it is the member \p Member (of whichever object), or a place in it.
    template <auto Member> [[nodiscard]] bool is() const noexcept { return members_[0] == &member_of<Member>; }

    /// The path in the vocabulary's own names.
    LLMX_DECL [[nodiscard]] std::string text() const;

private:
    [[nodiscard]] request_place with(std::uint32_t request_place::*index, std::size_t i) const {
        request_place at = *this;
        at.*index = i < no_index ? static_cast<std::uint32_t>(i) : no_index;
        return at;
    }

    std::uint32_t message_ = no_index, part_ = no_index, tool_ = no_index, item_ = no_index;
    std::array<const described_member*, 2> members_{};
    std::string other_;
    bool indexes_member_ = false;
};

namespace detail {
/// Appends ".name", without the dot at the beginning of a path.
LLMX_DECL void append_place_member(std::string& path, std::string_view name);
/// Appends "[3]" unless there is no index.
LLMX_DECL void append_place_index(std::string& path, std::uint32_t index);
} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/request_place.ipp>
#endif
