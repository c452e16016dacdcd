"""What is believed of any labeling job before its answers are seen.

One set of numbers serves every job. They were chosen together, on six public crowds, on the same crowds thinned to two and
three answers an object and to a hundred objects, and on simulated ones with rare classes, spammers, colluders and shared
misconceptions; small changes to any of them hardly matter. Their strength cannot be read off the answers themselves: weaker
beliefs always predict answers better that were held out, and yet not the truth, because workers share errors.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beliefs:
    """The prior, each strength in answers (or objects) that it is worth.

    accuracy, accuracy_strength: of workers in general.
    confusion_strength: of "errors go to all other classes alike", per class and per possible answer.
    worker_accuracy_strength: of "a worker is as good as the others".
    worker_confusion_strength: of "a worker confuses what the others confuse", per class. worker_confusion_share: the same in shares
        of the worker's own answers, so that it never fades, since confusions are judged by labels the worker helped to choose.
        earlier_confusion_share: that share for answers of earlier calls, whose labels are not revised by what was learned since; for each
        class that can be confused with a given one, at most 1 in all, because labels among many classes began more doubtful.
    class_strength: of the frequencies of the classes before objects are labelled, in objects, half as much at class_half_strength
        objects. class_smoothing: of "answers name all classes alike", in answers per class.
    class_evenness: where those frequencies lie between the frequencies of the answers (0) and all classes alike (1), unless the
        answers show that the former explain them better: evenness_odds to 1 it is believed beforehand.
    doubt: the probability that an object's answers, taken together, say nothing about it: misread instructions and shared errors,
        which no number of agreeing answers dispels.
    """

    accuracy: float = 0.7
    accuracy_strength: float = 2.0
    confusion_strength: float = 4.0
    worker_accuracy_strength: float = 8.0
    worker_confusion_strength: float = 4.0
    worker_confusion_share: float = 0.25
    earlier_confusion_share: float = 0.25
    class_strength: float = 300.0
    class_half_strength: float = 200.0
    class_smoothing: float = 10.0
    class_evenness: float = 0.5
    evenness_odds: float = 20.0
    doubt: float = 0.07
