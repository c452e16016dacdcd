"""What calls learn about workers, kept from call to call in a DynamoDB table, so that a worker is known before the call's few objects tell.

Every object adds its share once (`Contribution`): how many answers each worker gave, how many of them were right as far as one can tell, and which
class was taken for which. A call reads the sums (`History`), leaves out what its own objects added when they were consolidated before, and
adds what it learned (`WorkerTable`). `Ledger` stands between that and the task types. docs/worker-statistics.md tells it all.
"""

from consolidation.worker_statistics.contribution import EVERYBODY, UNIT, Contribution
from consolidation.worker_statistics.history import History
from consolidation.worker_statistics.ledger import Ledger
from consolidation.worker_statistics.months import Decay

__all__ = ["EVERYBODY", "UNIT", "Contribution", "Decay", "History", "Ledger"]
