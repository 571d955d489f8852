// The main job as three people, each in a browser of their own: one states work and answers for it, one
// does it, one reviews it; then it is signed, and whoever did it has their money.

import { journeyInEveryWay } from './world/journey.mjs';
import { bringToPayment } from './world/steps.mjs';

journeyInEveryWay('three people bring a piece of work to its payment', async (traveller, how) => {
  await bringToPayment(traveller, how);
}, { refusals: [422] });
