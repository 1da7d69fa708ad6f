// SPDX-License-Identifier: BSL-1.0
// The gateway's metrics, scraped by a real Prometheus.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { facades } from './lib/facades.mjs';
import { lint_metrics, needs_prometheus, Prometheus } from './lib/prometheus.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const skip = needs_gateway || needs_prometheus;

describe('metrics', { timeout: 120_000, skip }, () => {
    const f = facades.openai;
    let s, prometheus;
    const ask = (model, stream) => f.send(f.make(s.url, s.key), model, f.start({ prompt: '[plain]' }), { stream });
    const exposition = async () => {
        const r = await fetch(`${s.direct_url}/metrics`, { headers: { authorization: `Bearer ${s.key}` }, signal: AbortSignal.timeout(10_000) });
        assert.equal(r.status, 200);
        assert.match(r.headers.get('content-type'), /^text\/plain; version=0\.0\.4(;|$)/);
        return r.text();
    };
    before(async () => {
        if (skip) return;
        s = await Stack.start();
        prometheus = await Prometheus.start({ port: s.gateway.port, key: s.key });
    });
    after(async () => {
        await prometheus?.stop();
        await s?.stop();
    });

    test('Prometheus scrapes the gateway and counts its calls', { timeout: 90_000 }, async () => {
        await prometheus.until('up{job="llmx"}', v => v === 1);
        const earlier = await prometheus.value('sum(llmx_requests_total)') ?? 0;
        for (const stream of [false, true, true]) await ask(s.model('openai'), stream);
        await assert.rejects(ask('no-such-model', false));
        await prometheus.until('sum(llmx_requests_total)', v => v === earlier + 4);
        // Each of them in one series, and none goes back.
        await ask(s.model('anthropic'), false);
        await prometheus.until('sum(llmx_requests_total)', v => v === earlier + 5);
        assert.equal(await prometheus.value('sum(resets(llmx_requests_total[1m]))'), 0);
        assert.equal(await prometheus.value('up{job="llmx"}'), 1);
    });
    test('promtool has nothing against the exposition', { timeout: 30_000 }, async () => {
        assert.equal(lint_metrics(await exposition()), '');
    });
    test('no key, prompt or answer is in the exposition', { timeout: 30_000 }, async () => {
        const text = await exposition();
        for (const secret of [s.key, '[plain]']) assert.ok(!text.includes(secret), `${secret} is in the exposition`);
    });
});
