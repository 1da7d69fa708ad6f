// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/json.hpp>
#include <llmx/settings/settings.hpp>
#include <llmx/settings/yaml.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<std::string> read_settings_text(const std::string& path) {
    constexpr std::uintmax_t most = 16u * 1024 * 1024;
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status)) return error(errc::bad_configuration, path + ": there is no such file");
    if (std::filesystem::is_directory(status))
        return error(errc::bad_configuration, path + ": this is a directory; expected a file");
    std::ifstream in(path, std::ios::binary);
    std::string text;
    char piece[16 * 1024];
    while (in && text.size() <= most) {
        in.read(piece, sizeof piece);
        text.append(piece, static_cast<std::size_t>(in.gcount()));
    }
    if (text.size() > most) return error(errc::bad_configuration, path + ": larger than 16 MiB");
    if (!in.eof()) return error(errc::bad_configuration, path + ": cannot be read");
    return text;
}

LLMX_DECL [[nodiscard]] result<setting> parse_settings_text(std::string_view text, const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension().string();
    bool json = ending == ".json";
    if (!json && ending != ".yaml" && ending != ".yml") {
        const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
        json = first != std::string_view::npos && text[first] == '{';
    }
    return json ? parse_json_settings(text, path) : parse_yaml_settings(text, path);
}

/// Adds \p more to \p into: lists and maps are joined, other values stay.
LLMX_DECL void join_settings(setting& into, setting more) {
    for (auto& [key, value] : more.entries_mutable()) {
        setting* const own = into.find_mutable(key);
        if (own == nullptr) {
            into.add_entry(key, std::move(value));
        } else if (own->is_map() && value.is_map()) {
            join_settings(*own, std::move(value));
        } else if (own->is_list() && value.is_list()) {
            for (setting& item : value.items_mutable()) own->add_item(std::move(item));
        }
    }
}

/// Reads files and the files that they include.
class settings_files {
public:
    LLMX_DECL [[nodiscard]] result<setting> read(const std::string& path);

private:
    /// Files being read, outermost first.
    std::vector<std::filesystem::path> open_;
};

LLMX_DECL result<setting> settings_files::read(const std::string& path) {
    std::error_code failed;
    std::filesystem::path real = std::filesystem::weakly_canonical(path, failed);
    if (failed) real = path;
    const auto text = read_settings_text(path);
    if (text.has_error()) return text.error();
    auto parsed = parse_settings_text(*text, path);
    if (parsed.has_error()) return parsed.error();
    setting root = std::move(*parsed);
    // One that is being written, perhaps; an included one may wait for its first lines.
    if (root.is_null() && open_.empty())
        return error(errc::bad_configuration, path + ": this file is empty; give it a model_list, or start without a file");
    if (root.is_null()) root = setting(setting::kind::map, std::make_shared<const std::string>(path), 1);
    if (!root.is_map()) return root.unexpected("a map with model_list, general_settings and so on");
    const setting* const include = root.find("include");
    if (include == nullptr || include->is_null()) return root;

    open_.push_back(real);
    std::vector<const setting*> names;
    if (include->is_list())
        for (const setting& item : include->items()) names.push_back(&item);
    else
        names.push_back(include);
    std::vector<setting> included;
    for (const setting* name : names) {
        const auto file = name->as_text();
        if (file.has_error()) return file.error();
        const std::filesystem::path beside = std::filesystem::path(path).parent_path() / *file;
        if (!std::filesystem::exists(beside, failed)) return name->wrong("there is no file " + beside.string());
        if (std::filesystem::path again = std::filesystem::weakly_canonical(beside, failed);
            std::find(open_.begin(), open_.end(), again) != open_.end())
            return name->wrong(beside.string() + " includes itself");
        auto inner = read(beside.string());
        if (inner.has_error()) return inner.error();
        included.push_back(std::move(*inner));
    }
    open_.pop_back();
    for (setting& more : included) join_settings(root, std::move(more));
    return root;
}

} // namespace detail

LLMX_DECL result<setting> read_settings_tree(const std::string& path) {
    detail::settings_files files;
    return files.read(path);
}

LLMX_DECL result<environment_map> load_env_file(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return environment_map();
    const auto text = detail::read_settings_text(path);
    if (text.has_error()) return text.error();
    return parse_env_file(*text, path);
}

} // namespace llmx::inline LLMX_ABI
