// SPDX-License-Identifier: BSL-1.0
// Every client × every upstream × what a chat can hold, one table.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cells, dialect_of, facades } from './lib/facades.mjs';
import { Stack, through_gateway } from './lib/stack.mjs';

const weather = {
    name: 'get_weather', description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, required: ['city'] },
};
const person = {
    name: 'person',
    schema: { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } }, required: ['name', 'age'], additionalProperties: false },
};
const red_dot = { type: 'image/png', data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==' };
const plain_text = 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.';

/// Reads the contents of a request from the body that reached the upstream, in that upstream's words.
const upstream_view = {
    openai: {
        system: b => b.messages.filter(m => m.role === 'system' || m.role === 'developer').map(m => typeof m.content === 'string' ? m.content : m.content.map(p => p.text).join('')).join('\n'),
        image: b => b.messages.flatMap(m => Array.isArray(m.content) ? m.content : []).find(p => p.type === 'image_url')?.image_url.url.match(/^data:(.*);base64,(.*)$/)?.slice(1),
        stop: b => [b.stop].flat(),
        max_tokens: b => b.max_completion_tokens ?? b.max_tokens,
        tools: b => b.tools?.map(t => [t.function.name, t.function.parameters]),
        schema: b => b.response_format?.json_schema?.schema,
    },
    anthropic: {
        system: b => typeof b.system === 'string' ? b.system : b.system?.map(p => p.text).join('\n'),
        image: b => { const s = b.messages.flatMap(m => Array.isArray(m.content) ? m.content : []).find(p => p.type === 'image')?.source; return s && [s.media_type, s.data]; },
        stop: b => b.stop_sequences,
        max_tokens: b => b.max_tokens,
        tools: b => b.tools?.map(t => [t.name, t.input_schema]),
        schema: b => b.output_config?.format?.schema ?? b.tools?.[0]?.input_schema,
    },
    gemini: {
        system: b => (b.systemInstruction ?? b.system_instruction)?.parts.map(p => p.text).join('\n'),
        image: b => { const s = b.contents.flatMap(c => c.parts).find(p => p.inlineData)?.inlineData; return s && [s.mimeType, s.data]; },
        stop: b => b.generationConfig?.stopSequences,
        max_tokens: b => b.generationConfig?.maxOutputTokens,
        tools: b => b.tools?.flatMap(t => t.functionDeclarations).map(f => [f.name, f.parameters ?? f.parametersJsonSchema]),
        schema: b => b.generationConfig?.responseSchema ?? b.generationConfig?.responseJsonSchema,
    },
};
/// A schema without what only some dialects can say, types in lower case.
const bare_schema = s => Array.isArray(s) ? s.map(bare_schema) : s === null || typeof s !== 'object' ? s
    : Object.fromEntries(Object.entries(s).filter(([k]) => !['additionalProperties', '$schema', 'propertyOrdering'].includes(k))
        .map(([k, v]) => [k, k === 'type' && typeof v === 'string' ? v.toLowerCase() : bare_schema(v)]));

const answers = (r, { text, finish = 'stop', input = 11, output = 7 }) => {
    assert.equal(r.text, text);
    assert.equal(r.finish, finish);
    assert.deepEqual({ input: r.usage.input, output: r.usage.output }, { input, output });
};

/// One row per case. `run` gets {send, start, extend, sent(), dialect, upstream, stream}.
const cases = [
    {
        name: 'plain', async run({ send, start, stream }) {
            const r = await send(start({ prompt: 'Say [plain]' }));
            answers(r, { text: plain_text });
            if (stream) assert.ok(r.pieces > 3, `the text came in ${r.pieces} pieces`);
        },
    },
    {
        name: 'system prompt and output limit', async run({ send, start, sent, dialect }) {
            answers(await send(start({ prompt: 'Speak [system]', system: 'Answer like a pirate.', max_tokens: 77 })), { text: 'Arr.' });
            assert.equal(upstream_view[dialect].system(sent()), 'Answer like a pirate.');
            assert.equal(upstream_view[dialect].max_tokens(sent()), 77);
        },
    },
    {
        name: 'tool call and its result', async run({ send, start, extend, sent, dialect }) {
            const first = start({ prompt: 'Weather? [tool]', tools: [weather] });
            const asked = await send(first);
            assert.equal(asked.finish, 'tool_calls');
            assert.deepEqual(asked.calls.map(c => [c.name, c.args]), [['get_weather', { city: 'Paris', unit: 'celsius' }]]);
            assert.deepEqual({ input: asked.usage.input, output: asked.usage.output }, { input: 21, output: 8 });
            assert.deepEqual(bare_schema(upstream_view[dialect].tools(sent())), bare_schema([['get_weather', weather.parameters]]));
            const r = await send(extend(first, asked, asked.calls.map(c => ({ ...c, text: '18 degrees' }))));
            answers(r, { text: 'It is 18 degrees in Paris.', input: 31, output: 9 });
        },
    },
    {
        name: 'parallel tools and their results', async run({ send, start, extend, facade_dialect, sent, dialect }) {
            const first = start({ prompt: 'Both? [parallel]', tools: [weather] });
            const asked = await send(first);
            assert.equal(asked.finish, 'tool_calls');
            assert.deepEqual(asked.calls.map(c => c.args.city), ['Paris', 'Rome']);
            if (facade_dialect !== 'gemini') assert.equal(new Set(asked.calls.map(c => c.id)).size, 2);
            const temperature = { Paris: '18 degrees', Rome: '24 degrees' };
            const r = await send(extend(first, asked, asked.calls.map(c => ({ ...c, text: temperature[c.args.city] }))));
            answers(r, { text: 'Paris 18, Rome 24.', input: 41, output: 9 });
            // The results went up in the order of the calls, none lost.
            const text = JSON.stringify(sent());
            assert.ok(text.indexOf('18 degrees') > 0 && text.indexOf('24 degrees') > text.indexOf('18 degrees'), text);
            assert.equal(upstream_view[dialect].tools(sent()).length, 1);
        },
    },
    {
        name: 'image', async run({ send, start, sent, dialect }) {
            answers(await send(start({ prompt: 'What is it? [image]', image: red_dot })), { text: 'A red dot.' });
            assert.deepEqual(upstream_view[dialect].image(sent()), [red_dot.type, red_dot.data]);
        },
    },
    {
        name: 'JSON schema', async run({ send, start, sent, dialect }) {
            const r = await send(start({ prompt: 'Who? [schema]', schema: person }));
            answers(r, { text: r.text });
            assert.deepEqual(JSON.parse(r.text), { name: 'Ada', age: 36 });
            assert.deepEqual(r.calls, []);
            assert.deepEqual(bare_schema(upstream_view[dialect].schema(sent())), bare_schema(person.schema));
        },
    },
    {
        name: 'stop sequence', async run({ send, start, sent, dialect }) {
            answers(await send(start({ prompt: 'Count [stop]', stop: ['three', 'END'] })), { text: 'one two ' });
            assert.deepEqual(upstream_view[dialect].stop(sent()), ['three', 'END']);
        },
    },
    { name: 'output limit reached', async run({ send, start }) { answers(await send(start({ prompt: 'Go [length]' })), { text: 'This goes on and', finish: 'length', output: 4 }); } },
    { name: 'content filter', async run({ send, start }) { answers(await send(start({ prompt: 'Bad [filter]' })), { text: 'I cannot', finish: 'content_filter', output: 2 }); } },
];

describe('matrix', { timeout: 300_000 }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());
    for (const { facade, upstream } of cells(through_gateway))
        for (const { name, run } of cases)
            for (const stream of [false, true])
                test(`${facade} client, ${upstream} upstream: ${name}${stream ? ', streamed' : ''}`, { timeout: 30_000 }, async () => {
                    const f = facades[facade];
                    const client = f.make(s.url, s.key);
                    await run({
                        start: f.start, extend: f.extend, stream, upstream, dialect: dialect_of[upstream], facade_dialect: f.dialect,
                        send: params => f.send(client, s.model(upstream), params, { stream }),
                        sent: () => s.back.last.json(),
                    });
                    await s.verify();
                });
});
