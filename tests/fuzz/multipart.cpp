// SPDX-License-Identifier: BSL-1.0
// multipart/form-data: the same parts and the same failure however the bytes are cut, all bytes fed are in the events, and
// a form that is written with the parts that were read has the same parts. The text is taken for a form whose boundary is
// "XX", for the data and the names of a form's parts, and for a Content-Type.
#include "support.hpp"

#include <llmx/wire/multipart.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using kind = llmx::multipart_event::kind;

/// What a form is.
struct form {
    std::string account, failure, relayed;
    std::vector<llmx::multipart_part> parts;
    std::vector<std::string> data;
    bool over = false;
};

form read(std::string_view bytes, std::string_view boundary, fuzz::cut how, std::string_view steering) {
    form f;
    llmx::multipart_parser parser(boundary);
    bool inside = false;
    fuzz::in_pieces(bytes, how, steering, [&](std::span<char> piece) {
        const auto fed = parser.feed(std::string_view(piece.data(), piece.size()), [&](const llmx::multipart_event& e) {
            f.relayed += e.raw;
            fuzz::require((e.part != nullptr) == (e.what == kind::part || e.what == kind::data || e.what == kind::part_end),
                          "an event names its part from the part's beginning to its end");
            switch (e.what) {
            case kind::framing: break;
            case kind::part:
                fuzz::require(!inside && !f.over, "parts do not stand in each other");
                fuzz::require(!e.part->name.empty(), "a part has a name");
                inside = true;
                f.parts.push_back(*e.part);
                f.data.emplace_back();
                break;
            case kind::data:
                fuzz::require(inside, "data stands in a part");
                f.data.back() += e.raw;
                break;
            case kind::part_end:
                fuzz::require(inside, "a part ends once");
                inside = false;
                break;
            case kind::end:
                fuzz::require(!inside && !f.over, "a form ends once, behind its parts");
                f.over = true;
                break;
            }
        });
        if (fed.has_value()) return true;
        fuzz::require_sentence(fed.error());
        f.failure = fed.error().message();
        const auto again = parser.feed("x", [](const llmx::multipart_event&) {});
        fuzz::require(again.has_error(), "a parser that failed fails ever after");
        return false;
    });
    const auto finished = parser.finish();
    fuzz::require(finished.has_value() == (f.over && f.failure.empty()), "a form is finished when its closing boundary has come");
    if (finished.has_error()) fuzz::require_sentence(finished.error());
    if (f.failure.empty()) fuzz::require(bytes.starts_with(f.relayed), "a relay writes the bytes that came", f.relayed);
    if (f.over && f.failure.empty()) fuzz::require_equal(bytes, f.relayed, "a relay of a whole form writes all of it");
    for (std::size_t i = 0; i < f.parts.size(); ++i) {
        f.account += f.parts[i].name + "|" + f.parts[i].filename + "|" + f.parts[i].content_type + "|";
        // What the last part has when its form breaks off may depend on where the bytes were cut.
        if (f.over || i + 1 < f.parts.size()) f.account += f.data[i];
        f.account += "\n";
    }
    return f;
}

form check_cuts(std::string_view text, std::string_view boundary, std::string_view steering) {
    const form whole = read(text, boundary, fuzz::cut::nowhere, steering);
    for (const fuzz::cut how : fuzz::all_cuts) {
        const form cut = read(text, boundary, how, steering);
        fuzz::require_equal(whole.failure, cut.failure, "a form's failure does not depend on where it is cut");
        fuzz::require_equal(whole.account, cut.account, "a form's parts do not depend on where it is cut");
    }
    return whole;
}

/// Writes \p parts as a form whose boundary stands in none of them.
std::string write(const form& f, std::string& boundary) {
    boundary = "b";
    for (bool stands = true; stands;) {
        boundary += 'b';
        stands = false;
        for (const std::string& d : f.data) stands |= d.find("--" + boundary) != std::string::npos;
    }
    std::string out;
    for (std::size_t i = 0; i < f.parts.size(); ++i) {
        const llmx::multipart_part& p = f.parts[i];
        llmx::append_multipart_head(out, boundary, p.name, p.filename, p.content_type);
        out += f.data[i];
        llmx::append_multipart_tail(out);
    }
    llmx::append_multipart_end(out, boundary);
    return out;
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const std::string_view text = in.text();
    const auto boundary = llmx::multipart_boundary(text);
    if (!boundary) fuzz::require_sentence(boundary.error());
    else fuzz::require(!boundary->empty() && boundary->size() <= 70, "a boundary has 1 to 70 characters", *boundary);
    const form f = check_cuts(text, boundary ? std::string_view(*boundary) : std::string_view("XX"), in.steering());

    std::string own;
    if (f.over && f.failure.empty()) {
        const form again = check_cuts(write(f, own), own, in.steering());
        fuzz::require_equal(f.account, again.account, "parts that are written are read as the same");
    }
    // Any text is data of a part; any line of it without control characters is a name.
    form made;
    llmx::multipart_part& p = made.parts.emplace_back();
    p.name = "f";
    p.filename = std::string(text.substr(0, 300));
    made.data.emplace_back(text);
    const bool is_name = std::all_of(p.filename.begin(), p.filename.end(), [](char c) {
        return static_cast<unsigned char>(c) >= ' ' && c != '\x7f' && c != '%' && c != '\\';
    });
    if (!is_name) p.filename.clear();
    const form back = read(write(made, own), own, fuzz::cut::nowhere, in.steering());
    fuzz::require(back.over && back.failure.empty() && back.parts.size() == 1, "a form that is written is whole", back.failure);
    fuzz::require_equal(back.data[0], text, "data that is written is read as the same");
    fuzz::require_equal(back.parts[0].filename, p.filename, "a name that is written is read as the same");
}
