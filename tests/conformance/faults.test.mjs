// SPDX-License-Identifier: BSL-1.0
// What goes wrong on the upstream's wire: a typed error in the caller's dialect, never a hang, never a clean end.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cells, facades } from './lib/facades.mjs';
import { gateway_program, upstream_keys } from './lib/gateway.mjs';
import { needs_gateway, Stack, through_gateway } from './lib/stack.mjs';

// Deployments that must begin within half a second; their gateway allows as much silence.
const impatient = origin => [
    ['gpt-impatient', 'openai/gpt-4o', upstream_keys.openai, `${origin}/v1`],
    ['claude-impatient', 'anthropic/claude-sonnet-4-6', upstream_keys.anthropic, origin],
    ['gem-impatient', 'gemini/gemini-2.5-flash', upstream_keys.gemini, origin],
].map(([model_name, model, api_key, api_base]) => ({ model_name, litellm_params: { model, api_key, api_base, timeout: 0.5, stream_timeout: 0.5 } }));

/// Drains a stream as the SDK hands it out: {error, finished, pieces}.
async function drain(f, client, model, prompt) {
    let finished = null, pieces = 0;
    try {
        for await (const { finish } of f.raw_stream(client, model, f.start({ prompt }))) {
            ++pieces;
            finished ??= finish || null;
        }
    } catch (error) { return { error, finished, pieces }; }
    return { error: null, finished, pieces };
}

describe('faults', { timeout: 400_000 }, () => {
    let s;
    before(async () => {
        s = await Stack.start();
    });
    after(() => s.stop());
    beforeEach(() => s.reset());
    const client = f => f.make(s.url, s.key);

    // Bytes after which the stream of [long] is spoilt: at once, within the first events, in the middle.
    const broken_streams = [];
    for (const n of [0, 130, 1200]) broken_streams.push([`cut after ${n} bytes`, { cut: n }], [`reset after ${n} bytes`, { reset: n }]);
    const gateway_only = [
        ['dropped without a byte', { drop: true }],
        ['ended properly after 1200 bytes, without the dialect\'s end', { end: 1200 }],
        ['ended properly after 0 bytes', { end: 0 }],
        ['not HTTP', { garbage: 'ICY 200 OK\r\nwhat is this\r\n\r\n' }],
        ['a 200 of garbage', { reply: { headers: { 'content-type': 'text/event-stream' }, body: 'data: {"half": \n\ndata: nonsense\n\n' } }],
        ['a 200 HTML page', { reply: { headers: { 'content-type': 'text/html' }, body: '<html>It works!</html>' } }],
    ];
    for (const { facade, upstream } of cells(through_gateway))
        for (const [name, plan] of [...broken_streams, ...(through_gateway ? gateway_only : [])])
            test(`${facade} client, ${upstream} upstream: stream ${name}`, { timeout: 30_000 }, async () => {
                const f = facades[facade];
                // Twice: what dies without a byte may be taken for a stale connection and be sent once more.
                s.back.script(plan, plan);
                const r = await drain(f, client(f), s.model(upstream), '[long]');
                assert.ok(r.error, `the SDK saw a clean end after ${r.pieces} pieces`);
                assert.equal(r.finished, null, 'the SDK saw a finish reason');
                await s.verify({ broken: true });
            });

    const broken_replies = [
        ['dropped without a byte', { drop: true }], ['cut in the body', { cut: 60 }], ['reset in the body', { reset: 60 }],
        ['not HTTP', { garbage: Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]) }],
        ['a 200 that is not JSON', { reply: { body: 'surprise' } }],
        ['a 200 of half a JSON object', { reply: { body: '{"id":"x","choices":[' } }],
        ['an empty 200', { reply: { body: '' } }],
        ['a 200 HTML page', { reply: { headers: { 'content-type': 'text/html' }, body: '<html>It works!</html>' } }],
    ];
    for (const { facade, upstream } of cells(through_gateway))
        for (const [name, plan] of broken_replies)
            test(`${facade} client, ${upstream} upstream: reply ${name}`, { timeout: 30_000, skip: needs_gateway }, async () => {
                const f = facades[facade];
                s.back.script(plan, plan);
                let error = null;
                try { await f.send(client(f), s.model(upstream), f.start({ prompt: '[plain]' })); } catch (e) { error = e; }
                assert.ok(error, 'the call succeeded');
                assert.ok(error.status >= 500 && error.status <= 504, `${error.constructor.name} ${error.status}: ${error.message}`);
                await s.verify();
            });

    for (const facade of Object.keys(facades))
        for (const stream of [false, true])
            test(`${facade} client: the upstream refuses connections${stream ? ', streamed' : ''}`, { timeout: 30_000, skip: needs_gateway }, async () => {
                const f = facades[facade];
                await s.back.refuse();
                try {
                    for (const upstream of ['openai', 'anthropic', 'gemini', 'azure']) {
                        const e = await f.send(client(f), s.model(upstream), f.start({ prompt: '[plain]' }), { stream }).then(() => null, error => error);
                        assert.ok(e, 'the call succeeded');
                        assert.ok(e.status >= 500 && e.status <= 504, `${e.constructor.name} ${e.status}: ${e.message}`);
                    }
                } finally { await s.back.start(); }
                const r = await f.send(client(f), s.model('openai'), f.start({ prompt: '[plain]' }));
                assert.equal(r.finish, 'stop');
                await s.verify();
            });

    for (const { facade, upstream } of cells(through_gateway))
        for (const n of [1, 7])
            test(`${facade} client, ${upstream} upstream: a stream in writes of ${n} bytes is the same stream`, { timeout: 60_000 }, async () => {
                const f = facades[facade];
                s.back.script({ split: n });
                const r = await f.send(client(f), s.model(upstream), f.start({ prompt: '[plain]' }), { stream: true });
                assert.equal(r.text, 'Grüße aus Köln ✓ — "quoted" \\ back.\nSecond line.');
                assert.equal(r.finish, 'stop');
                await s.verify();
            });
});

describe('stalls', { timeout: 200_000, skip: needs_gateway }, () => {
    let s;
    before(async () => {
        if (!gateway_program) return;
        s = await Stack.start({ config: origin => ({ extra_models: impatient(origin), settings: { idle_timeout: 0.5 } }) });
    });
    after(() => s?.stop());
    beforeEach(() => s?.reset());
    for (const facade of ['openai', 'anthropic', 'gemini'])
        for (const model of ['gpt-impatient', 'claude-impatient', 'gem-impatient'])
            for (const [name, plan, stream] of [['no answer', { stall: 0 }, false], ['no answer to a stream', { stall: 0 }, true], ['silence within a stream', { stall: 1200 }, true]])
                test(`${facade} client, ${model}: ${name}`, { timeout: 30_000 }, async t => {
                    const f = facades[facade];
                    s.back.script(plan);
                    const begun = performance.now();
                    let r;
                    if (stream) r = await drain(f, f.make(s.url, s.key), model, '[long]');
                    else r = await f.send(f.make(s.url, s.key), model, f.start({ prompt: '[long]' })).then(() => ({}), error => ({ error }));
                    t.diagnostic(`gave up after ${Math.round(performance.now() - begun)} ms`);
                    assert.ok(r.error, 'the call succeeded');
                    assert.ok(!r.finished, 'the SDK saw a finish reason');
                    if (r.error.status) assert.ok([408, 504].includes(r.error.status), `${r.error.constructor.name} ${r.error.status}: ${r.error.message}`);
                    // The upstream is let go, too.
                    await s.back.last.closed(5_000);
                    await s.verify({ broken: stream });
                });
});
