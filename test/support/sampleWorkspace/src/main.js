import { nextHighWaters } from './tides.js';

const first = process.argv[2] ?? '06:10';
console.log(`High water at ${first}, then at:`);
for (const time of nextHighWaters(first, 4)) console.log(`  ${time}`);
