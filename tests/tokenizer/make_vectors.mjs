// Writes vectors.jsonl: each text of texts.mjs with the tokens that gpt-tokenizer gives it. OpenAI's own code (the package tiktoken,
// which is its Rust compiled to WebAssembly) with the regular expressions of tiktoken 0.14 must give the same; where a text differs,
// OpenAI's tokens are written, and it must be one of `differing`.
//
//     npm ci && node make_vectors.mjs            # --check compares with the file instead
import fs from 'node:fs';
import { encode as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as o200k } from 'gpt-tokenizer/encoding/o200k_base';
import { Tiktoken } from 'tiktoken/lite';
import { createRequire } from 'node:module';
import { marked, texts } from './texts.mjs';

const require = createRequire(import.meta.url);
// \s of JavaScript has U+FEFF and lacks U+0085; gpt-tokenizer takes only an ASCII s after an apostrophe.
const differing = new Set(['spaces.next_line', 'spaces.byte_order_mark', 'contractions.long_s']);

const cl100kPattern = String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`;
const openai = (name, pattern, special) => {
    const known = require(`tiktoken/encoders/${name}.json`);
    return new Tiktoken(known.bpe_ranks, special ?? known.special_tokens, pattern ?? known.pat_str);
};
const judges = { cl100k_base: openai('cl100k_base', cl100kPattern), o200k_base: openai('o200k_base') };
const asText = { allowedSpecial: new Set(), disallowedSpecial: new Set() };

let out = '';
const found = new Set();
for (const [name, text] of texts) {
    const line = { name, text };
    for (const [encoding, encode] of Object.entries({ cl100k_base: cl100k, o200k_base: o200k })) {
        const theirs = encode(text, asText);
        const judged = [...judges[encoding].encode(text, [], [])];
        if (String(theirs) !== String(judged)) found.add(name);
        line[encoding] = judged;
    }
    out += JSON.stringify(line) + '\n';
}
for (const name of found)
    if (!differing.has(name)) throw new Error(`gpt-tokenizer and tiktoken do not agree about ${name}`);
// gpt-tokenizer 4.0.0 finds only a special token at the beginning of a text, so tiktoken alone answers here. Their numbers are those of
// tiktoken's openai_public.py, and for ChatML's three of its README.
const reserved = Array.from({ length: 201_088 - 200_013 }, (_, i) => 200_013 + i).filter(n => n !== 200_018);
const numbers = {
    o200k_harmony: {
        '<|startoftext|>': 199_998, '<|endoftext|>': 199_999, '<|return|>': 200_002, '<|constrain|>': 200_003, '<|channel|>': 200_005,
        '<|start|>': 200_006, '<|end|>': 200_007, '<|message|>': 200_008, '<|call|>': 200_012, '<|endofprompt|>': 200_018,
        ...Object.fromEntries([200_000, 200_001, 200_004, 200_009, 200_010, 200_011, ...reserved].map(n => [`<|reserved_${n}|>`, n])),
    },
    cl100k_base: {
        ...require('tiktoken/encoders/cl100k_base.json').special_tokens,
        '<|im_start|>': 100_264, '<|im_end|>': 100_265, '<|im_sep|>': 100_266,
    },
};
const marking = {
    o200k_harmony: openai('o200k_base', undefined, numbers.o200k_harmony),
    cl100k_base: openai('cl100k_base', cl100kPattern, numbers.cl100k_base),
};
for (const [encoding, list] of Object.entries(marked))
    for (const text of list)
        out += JSON.stringify({ name: 'special tokens', text, marked: encoding, tokens: [...marking[encoding].encode(text, 'all')] }) + '\n';

const file = new URL('vectors.jsonl', import.meta.url);
if (process.argv[2] === '--check') {
    if (fs.readFileSync(file, 'utf8') !== out) throw new Error('vectors.jsonl is not what the encoders give: run node make_vectors.mjs');
} else fs.writeFileSync(file, out);
console.log(`${texts.length} texts; differing: ${[...found].join(', ')}`);
