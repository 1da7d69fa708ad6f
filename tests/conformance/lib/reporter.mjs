// SPDX-License-Identifier: BSL-1.0
// Reporter of `node --test` for a run of many small tests: what failed in full, one line per file, what the
// tests measured, and the sum.
import path from 'node:path';

export default async function* reporter(source) {
    const files = new Map();
    const measured = new Map();
    const of = data => {
        const name = path.basename(data.file ?? '?').replace(/\.test\.mjs$/, '');
        if (!files.has(name)) files.set(name, { passed: 0, failed: 0, skipped: 0, ms: 0 });
        return files.get(name);
    };
    for await (const { type, data } of source) {
        if (type === 'test:pass' || type === 'test:fail') {
            const f = of(data);
            if (data.nesting === 0) f.ms += data.details.duration_ms;
            if (type === 'test:fail') {
                const cause = data.details.error?.cause ?? data.details.error;
                // A suite that only contains failures adds nothing.
                if (data.details.error?.failureType === 'subtestsFailed') continue;
                ++f.failed;
                if (data.details.error?.failureType === 'cancelledByParent') continue;
                yield `\n✖ ${path.basename(data.file ?? '')}:${data.line}: ${data.name}\n${(cause?.stack ?? String(cause)).replace(/^/gm, '    ')}\n`;
                if (cause?.code === 'ERR_ASSERTION') yield `    actual: ${JSON.stringify(cause.actual)?.slice(0, 2000)}\n`;
            } else if (data.details.type === 'suite') continue;
            else if (data.skip !== undefined) ++f.skipped;
            else ++f.passed;
        } else if (type === 'test:diagnostic') {
            const said = data.message.match(/^(.*?) ([\d.]+) ms(.*)$/);
            if (!said) continue;
            const key = `${said[1]} … ms${said[3]}`;
            if (!measured.has(key)) measured.set(key, []);
            measured.get(key).push(Number(said[2]));
        } else if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
    }
    yield '\n';
    const sum = { passed: 0, failed: 0, skipped: 0 };
    for (const [name, f] of files) {
        for (const k in sum) sum[k] += f[k];
        yield `${f.failed ? '✖' : f.passed ? '✔' : '–'} ${name.padEnd(14)} ${String(f.passed).padStart(4)} passed${f.failed ? `, ${f.failed} failed` : ''}${f.skipped ? `, ${f.skipped} skipped` : ''} (${(f.ms / 1000).toFixed(1)} s)\n`;
    }
    for (const [key, values] of measured) {
        values.sort((a, b) => a - b);
        yield `  ${key}: median ${values[values.length >> 1]}, greatest ${values.at(-1)} (${values.length} times)\n`;
    }
    yield `conformance: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`;
}
