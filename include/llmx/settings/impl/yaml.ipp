// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/yaml.hpp>
#include <llmx/wire/utf8.hpp>

#if defined(LLMX_WITH_YAML)
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <unordered_map>
#endif

namespace llmx::inline LLMX_ABI {

#if defined(LLMX_WITH_YAML)
namespace detail {

/// Builds a tree from yaml-cpp's events, which carry lines.
class yaml_settings_builder final : public YAML::EventHandler {
public:
    static constexpr std::size_t most_values = 100'000;

    explicit yaml_settings_builder(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
    [[nodiscard]] setting& root() noexcept { return root_; }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(make(setting::kind::null, mark), anchor);
    }
    LLMX_INLINE void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    LLMX_INLINE void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open_.emplace_back(make(setting::kind::list, mark), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open_.emplace_back(make(setting::kind::map, mark), anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct level {
        level(setting v, YAML::anchor_t a) : value(std::move(v)), anchor(a) {}
        setting value;
        YAML::anchor_t anchor;
        std::optional<std::string> key;
        std::vector<setting> merged;
    };

    [[nodiscard]] setting make(setting::kind what, const YAML::Mark& mark) {
        return setting(what, file_, static_cast<std::size_t>(mark.line) + 1);
    }
    LLMX_DECL void leaf(setting value, YAML::anchor_t anchor);
    LLMX_DECL void place(setting value);
    LLMX_DECL void close();
    LLMX_DECL void merge(level& map, const setting& from);
    LLMX_DECL [[nodiscard]] static std::size_t size_of(const setting& value);
    LLMX_DECL void fail(const setting& at, std::string_view why);

    std::shared_ptr<const std::string> file_;
    setting root_;
    std::vector<level> open_;
    std::unordered_map<YAML::anchor_t, setting> anchors_;
    std::size_t count_ = 0;
    std::optional<error> failure_;
};

LLMX_DECL void yaml_settings_builder::fail(const setting& at, std::string_view why) {
    if (!failure_) failure_ = at.wrong(why);
}

LLMX_DECL std::size_t yaml_settings_builder::size_of(const setting& value) {
    std::size_t n = 1;
    for (const setting& item : value.items()) n += size_of(item);
    for (const auto& [key, inner] : value.entries()) n += size_of(inner);
    return n;
}

LLMX_INLINE void yaml_settings_builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end()) {
        const setting here = make(setting::kind::null, mark);
        fail(here, "an alias refers to the value that contains it");
        place(here);
        return;
    }
    count_ += size_of(it->second);
    if (count_ > most_values) {
        const setting here = make(setting::kind::null, mark);
        fail(here, "aliases expand to more than 100000 values");
        place(here);
        return;
    }
    place(it->second);
}

LLMX_INLINE void yaml_settings_builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                               const std::string& value) {
    // yaml-cpp gives plain scalars the tag "?" and quoted ones "!".
    const bool quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    setting made = make(setting::kind::scalar, mark);
    // Texts become header fields, JSON and messages; yaml-cpp passes any bytes of the file on.
    if (valid_utf8(value)) made.set_text(value, quoted);
    else fail(made, "this text is not UTF-8; save the file as UTF-8");
    leaf(std::move(made), anchor);
}

LLMX_DECL void yaml_settings_builder::leaf(setting value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_.insert_or_assign(anchor, value);
    place(std::move(value));
}

LLMX_DECL void yaml_settings_builder::close() {
    level done = std::move(open_.back());
    open_.pop_back();
    for (const setting& from : done.merged) merge(done, from);
    leaf(std::move(done.value), done.anchor);
}

LLMX_DECL void yaml_settings_builder::merge(level& map, const setting& from) {
    if (from.is_list()) {
        for (const setting& one : from.items()) merge(map, one);
    } else if (from.is_map()) {
        for (const auto& [key, value] : from.entries())
            if (map.value.find(key) == nullptr) map.value.add_entry(key, value);
    } else {
        fail(from, "\"<<\" merges maps; this is not a map");
    }
}

LLMX_DECL void yaml_settings_builder::place(setting value) {
    if (++count_ > most_values) {
        fail(value, "more than 100000 values");
        return;
    }
    if (open_.empty()) {
        root_ = std::move(value);
        return;
    }
    level& in = open_.back();
    if (in.value.is_list()) {
        in.value.add_item(std::move(value));
    } else if (!in.key) {
        if (value.is_list() || value.is_map()) fail(value, "a key must be a text");
        in.key = value.is_null() ? "null" : value.text();
        if (*in.key != "<<" && in.value.find(*in.key) != nullptr)
            fail(value, "the key " + settings_quote(*in.key) + " is given twice");
    } else {
        if (*in.key == "<<") in.merged.push_back(std::move(value));
        else in.value.add_entry(std::move(*in.key), std::move(value));
        in.key.reset();
    }
}

} // namespace detail

LLMX_DECL result<setting> parse_yaml_settings(std::string_view text, std::string file) {
    const auto name = std::make_shared<const std::string>(std::move(file));
    detail::yaml_settings_builder builder(name);
    try {
        std::istringstream in((std::string(text)));
        YAML::Parser parser(in);
        if (!parser.HandleNextDocument(builder)) return setting(setting::kind::null, name, 1);
        setting root = std::move(builder.root());
        if (!builder.failure() && parser.HandleNextDocument(builder))
            return error(errc::bad_configuration,
                         *name + ":" + std::to_string(builder.root().line()) + ": a second document; one is expected");
        if (builder.failure()) return *builder.failure();
        root.name_paths();
        return root;
    } catch (const YAML::Exception& e) {
        // Its reason may end with one byte of a character.
        return error(errc::bad_configuration, *name + ":" + std::to_string(e.mark.is_null() ? 1 : e.mark.line + 1) +
                                                  ": this is not YAML: " + detail::settings_line(e.msg));
    }
}

#else

LLMX_DECL result<setting> parse_yaml_settings(std::string_view, std::string file) {
    return error(errc::bad_configuration, file + ": this program was built without YAML; define LLMX_WITH_YAML (CMake: "
                                                 "-DLLMX_WITH_YAML=ON) or write the settings as JSON");
}

#endif

} // namespace llmx::inline LLMX_ABI
